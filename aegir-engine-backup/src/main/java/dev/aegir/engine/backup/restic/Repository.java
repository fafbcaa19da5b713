// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import dev.aegir.model.HostKey;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Settings;
import java.util.List;
import java.util.Optional;

/**
 * A repository as a service's settings say where it is.
 *
 * @param service whose it is; a directory is on its server
 * @param mark the tags of the snapshot that says whose repository it is
 * @param tag what all backups in it are tagged with
 * @param location a path, or what restic calls a bucket
 * @param password the name of the secret that encrypts it
 * @param sftp how other servers reach a directory
 * @param bucket how a bucket is reached
 * @param tuning what else restic is told
 */
record Repository(
        ServiceRef service,
        List<String> mark,
        String tag,
        String location,
        SecretRef password,
        Optional<Sftp> sftp,
        Optional<Bucket> bucket,
        Tuning tuning) {
    private static final String BUCKET =
            "s3:https?://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*";

    /**
     * A directory from elsewhere.
     *
     * @param host where its SSH server answers
     * @param port there
     * @param user the account that keeps it
     * @param hostKey the key that is pinned
     * @param key the name of the secret key that opens the account
     */
    record Sftp(String host, int port, String user, HostKey hostKey, SecretRef key) {}

    /**
     * A bucket.
     *
     * @param id the name of the secret that is the access key's id
     * @param key the name of the secret access key
     * @param region its region; empty for the one the server says
     * @param lookup {@code auto}, {@code dns} or {@code path}
     */
    record Bucket(SecretRef id, SecretRef key, String region, String lookup) {}

    /**
     * What else restic is told.
     *
     * @param upload KiB per second, 0 for any
     * @param download KiB per second, 0 for any
     * @param compression {@code auto}, {@code off} or {@code max}
     * @param cache the directory of what is cached of repositories elsewhere
     * @param cacheLimit how many MiB it may have
     * @param patience how many seconds a lock is waited for
     * @param sample how much is read for a sample
     */
    record Tuning(
            int upload,
            int download,
            String compression,
            HostPath cache,
            int cacheLimit,
            int patience,
            String sample) {}

    static Repository of(Server server, Service service) {
        Settings settings = service.settings();
        String location = settings.text("repository").orElse("/srv/aegir/restic");
        boolean path = location.startsWith("/");
        if (path) {
            HostPath.of(location);
        } else if (!location.matches(BUCKET) || location.contains("..")) {
            throw new InvalidValueException(
                    "repository", location, "give a directory of the server, or s3:https://HOST/BUCKET/PATH");
        }
        String tag = tag(server.id());
        return new Repository(
                new ServiceRef(server.name(), service.name()),
                List.of("aegir-repository", tag, "service-" + service.name()),
                tag,
                location,
                required(settings, "password"),
                path && settings.text("sftp.user").isPresent() ? Optional.of(sftp(server, settings)) : Optional.empty(),
                path ? Optional.empty() : Optional.of(bucket(settings)),
                tuning(settings));
    }

    private static String tag(Id server) {
        return "aegir-" + server;
    }

    private static Sftp sftp(Server server, Settings settings) {
        int port = server.address().getPort();
        return new Sftp(
                matching(
                        settings,
                        "sftp.host",
                        Optional.ofNullable(server.address().getHost()).orElse(""),
                        "[A-Za-z0-9][A-Za-z0-9.:-]{0,252}"),
                within(settings, "sftp.port", port < 0 ? 22 : port, 1, 65535),
                matching(settings, "sftp.user", "", "[a-z_][a-z0-9_-]{0,31}"),
                server.hostKey()
                        .orElseThrow(() -> new RefusedException("The server " + server.name()
                                + " is enrolled without a host key, so nobody can know it when backups are sent"
                                + " there: enrol it with its key.")),
                required(settings, "sftp.key"));
    }

    private static Bucket bucket(Settings settings) {
        return new Bucket(
                required(settings, "s3.id"),
                required(settings, "s3.key"),
                matching(settings, "s3.region", "", "[a-z0-9-]{0,40}"),
                matching(settings, "s3.lookup", "auto", "auto|dns|path"));
    }

    private static Tuning tuning(Settings settings) {
        return new Tuning(
                within(settings, "limit-upload", 0, 0, Integer.MAX_VALUE),
                within(settings, "limit-download", 0, 0, Integer.MAX_VALUE),
                matching(settings, "compression", "auto", "auto|off|max"),
                settings.path("cache", "/var/cache/aegir-restic"),
                within(settings, "cache-limit", 2048, 1, Integer.MAX_VALUE),
                within(settings, "lock-wait", 900, 0, 86400),
                matching(settings, "sample", "10%", "([1-9][0-9]?|100)%"));
    }

    private static SecretRef required(Settings settings, String name) {
        return settings.secret(name)
                .orElseThrow(() -> new RefusedException(
                        "A backup service of the engine restic needs the setting " + name + ": the name of a secret."));
    }

    private static String matching(Settings settings, String name, String otherwise, String pattern) {
        String value = settings.text(name).orElse(otherwise);
        if (!value.matches(pattern)) {
            throw new InvalidValueException("setting " + name, value, "it must match " + pattern);
        }
        return value;
    }

    private static int within(Settings settings, String name, int otherwise, int least, int most) {
        int value = settings.number(name, otherwise);
        if (value < least || value > most) {
            throw new InvalidValueException("setting " + name, String.valueOf(value), least + " to " + most);
        }
        return value;
    }

    Name server() {
        return service.server();
    }

    /** Whether a directory of the server is meant. */
    boolean local() {
        return location.startsWith("/");
    }

    /** That a server can reach it. */
    Repository reachableFrom(Name other) {
        if (local() && sftp.isEmpty() && !other.equals(server())) {
            throw new RefusedException("The backups of " + server() + " are in its directory " + location
                    + ", and restic has no way there from " + other
                    + ": set sftp.user and sftp.key of the service, or use a service of " + other + ".");
        }
        return this;
    }

    /**
     * Whether restic goes there by SFTP: never to look after the repository, and always to fill it or to read from it, because
     * reading what sites have takes another account than the one that keeps backups.
     */
    boolean remote(boolean keeping) {
        return sftp.isPresent() && !keeping;
    }

    @Override
    public String toString() {
        return local() ? server() + ":" + location : location;
    }
}
