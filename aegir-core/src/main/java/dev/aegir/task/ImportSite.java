// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Site;
import java.util.Optional;

/**
 * Makes a new site of an archive that was made elsewhere. Nothing in it is trusted: it is inspected entry by entry before a byte
 * lands, its code and settings stay in it, its dump is loaded as the new site's own account through a filter, and its files
 * belong to that account. Nobody but root may be able to write the archive or what it lies in; it is never changed.
 *
 * <p>A site for a lower environment than production is sanitised before anybody can reach it, and quiet, as {@link CloneSite} says:
 * an archive does not say what it is of. {@link #asItIs()} leaves one as it is, such as a staging site that only moves.
 *
 * <p>It answers over HTTP before anybody can reach it, as {@link MigrateSite} says, or is taken back.
 *
 * @param server the server it lies on
 * @param file the archive (a tar, perhaps compressed by gzip, bzip2, xz or zstd), or the directory of a backup
 * @param site the new site, with an id and a name of its own
 * @param former the name it had, when what its application has stored of that shall become the new one
 * @param format the only format it may have; absent for whichever it turns out to be
 * @param mostEntries how many files, directories and links may be in it
 * @param mostBytes how many bytes all its files may come to
 * @param identity the secret that opens a backup that is encrypted
 * @param signedBy the public keys of which one must have signed it, with commas between; absent when that is not asked for
 * @param kept whether it stays what it is in an environment below production
 */
public record ImportSite(
        Name server,
        HostPath file,
        Site site,
        Optional<DomainName> former,
        Optional<Name> format,
        long mostEntries,
        long mostBytes,
        Optional<SecretRef> identity,
        Optional<String> signedBy,
        boolean kept)
        implements Task {
    /** Validates. */
    public ImportSite {
        if (mostEntries < 1 || mostBytes < 1) {
            throw new InvalidValueException(
                    "import limits", mostEntries + " entries, " + mostBytes + " bytes", "both are 1 or more");
        }
    }

    /**
     * An archive of at most half a million entries and 100 GiB.
     *
     * @param server the server it lies on
     * @param file the archive
     * @param site the new site
     * @return the task
     */
    public static ImportSite of(String server, String file, Site site) {
        return new ImportSite(
                Name.of(server),
                HostPath.of(file),
                site,
                Optional.empty(),
                Optional.empty(),
                500_000,
                100L << 30,
                Optional.empty(),
                Optional.empty(),
                false);
    }

    /**
     * With the name that the site had.
     *
     * @param name the name
     * @return a copy
     */
    public ImportSite formerly(String name) {
        return new ImportSite(
                server,
                file,
                site,
                Optional.of(DomainName.of(name)),
                format,
                mostEntries,
                mostBytes,
                identity,
                signedBy,
                kept);
    }

    /**
     * Of one format only.
     *
     * @param name the format's name, such as {@code drush-archive}; {@code aegir-archive} for that of backups
     * @return a copy
     */
    public ImportSite as(String name) {
        return new ImportSite(
                server,
                file,
                site,
                former,
                Optional.of(Name.of(name)),
                mostEntries,
                mostBytes,
                identity,
                signedBy,
                kept);
    }

    /**
     * With other limits.
     *
     * @param entries how many files, directories and links
     * @param bytes how many bytes
     * @return a copy
     */
    public ImportSite atMost(long entries, long bytes) {
        return new ImportSite(server, file, site, former, format, entries, bytes, identity, signedBy, kept);
    }

    /**
     * Of a backup that is encrypted. What opens it reaches only the server that the archive lies on, and no disk there.
     *
     * @param secret the name of the secret with the private key
     * @return a copy
     */
    public ImportSite openedBy(String secret) {
        return new ImportSite(
                server,
                file,
                site,
                former,
                format,
                mostEntries,
                mostBytes,
                Optional.of(SecretRef.of(secret)),
                signedBy,
                kept);
    }

    /**
     * Only of a backup that was signed by one of these.
     *
     * @param keys the public keys, as the setting {@code signed-by} of a backup service has them
     * @return a copy
     */
    public ImportSite signedBy(String... keys) {
        return new ImportSite(
                server,
                file,
                site,
                former,
                format,
                mostEntries,
                mostBytes,
                identity,
                Optional.of(String.join(",", keys)),
                kept);
    }

    /**
     * With all that is in it, also in an environment below production: people, passwords, mail and what it runs regularly.
     *
     * @return a copy
     */
    public ImportSite asItIs() {
        return new ImportSite(server, file, site, former, format, mostEntries, mostBytes, identity, signedBy, true);
    }

    @Override
    public String title() {
        return "import " + server + ":" + file + " as site " + site.name();
    }
}
