// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.HostKey;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Settings;
import java.util.Optional;

/**
 * Where a service keeps files, as its settings say.
 *
 * @param service which service it is
 * @param bucket the bucket, if it is one
 * @param account the account with SFTP, if it is one
 * @param directory the directory of the service's server, if it is one
 * @param limits how it is used
 * @param keys who must have made what is there
 */
record Place(
        ServiceRef service,
        Optional<Bucket> bucket,
        Optional<Account> account,
        Optional<Directory> directory,
        Limits limits,
        Keys keys) {
    private static final String HOST = "[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?";
    private static final String PREFIX =
            "([A-Za-z0-9_-][A-Za-z0-9._-]{0,100}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,100}){0,8})?";

    /**
     * A bucket.
     *
     * @param endpoint where its server answers
     * @param name its name
     * @param region its region
     * @param prefix what all names in it begin with, without a slash at the end; empty for nothing
     * @param inHost whether the bucket's name is part of the host's, and not of the path
     * @param id the name of the secret that is the access key's id
     * @param key the name of the secret access key
     */
    record Bucket(
            String endpoint, String name, String region, String prefix, boolean inHost, SecretRef id, SecretRef key) {}

    /**
     * An account that can do SFTP and need not be able to do anything else.
     *
     * @param host where its SSH server answers
     * @param port there
     * @param user its name
     * @param hostKey the host's key, and no other
     * @param key the name of the secret private key that opens it
     * @param directory where it keeps files; relative to where the account begins, or absolute
     */
    record Account(String host, int port, String user, HostKey hostKey, SecretRef key, String directory) {}

    /**
     * A directory of the server that offers the service.
     *
     * @param path where
     * @param mark what its file {@code .aegir} says
     */
    record Directory(HostPath path, String mark) {}

    /**
     * How it is used.
     *
     * @param bandwidth KiB a second; 0 for any
     * @param connections how many requests at a time
     * @param timeout seconds until a request counts as lost
     */
    record Limits(int bandwidth, int connections, int timeout) {}

    /** As the settings of an engine for buckets say. */
    static Place bucket(Name server, Service service) {
        Settings settings = service.settings();
        String region = matching(settings, "region", "us-east-1", "[a-z0-9-]{1,40}");
        String endpoint = settings.text("endpoint").orElse("https://s3." + region + ".amazonaws.com");
        Optional<String> lookup = settings.text("lookup");
        return new Place(
                new ServiceRef(server, service.name()),
                Optional.of(new Bucket(
                        endpoint(endpoint, settings),
                        matching(settings, "bucket", "", "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
                        region,
                        matching(settings, "prefix", "", PREFIX),
                        matching(
                                        settings,
                                        "lookup",
                                        lookup.orElse(settings.text("endpoint").isPresent() ? "path" : "dns"),
                                        "path|dns")
                                .equals("dns"),
                        secret(service, "id"),
                        secret(service, "key"))),
                Optional.empty(),
                Optional.empty(),
                limits(settings),
                Keys.of(settings));
    }

    /** As the settings of an engine for accounts with SFTP say. */
    static Place account(Name server, Service service) {
        Settings settings = service.settings();
        HostKey hostKey = settings.text("host-key")
                .map(HostKey::of)
                .orElseThrow(() -> new RefusedException(
                        "A file service of the engine sftp needs the setting host-key, without which it could be anybody:"
                                + " SHA256:... as `ssh-keyscan HOST | ssh-keygen -lf -` or its provider tells."));
        return new Place(
                new ServiceRef(server, service.name()),
                Optional.empty(),
                Optional.of(new Account(
                        matching(settings, "host", "", HOST),
                        within(settings, "port", 22, 1, 65_535),
                        matching(settings, "user", "", "[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}"),
                        hostKey,
                        secret(service, "key"),
                        matching(settings, "directory", "aegir", "/?" + PREFIX))),
                Optional.empty(),
                limits(settings),
                Keys.of(settings));
    }

    /** As the settings of an engine for directories say. */
    static Place directory(Server server, Service service) {
        Settings settings = service.settings();
        HostPath path = settings.text("directory")
                .map(HostPath::of)
                .orElseThrow(
                        () -> new RefusedException("A file service of the engine directory needs the setting directory:"
                                + " where files are kept on " + server.name() + ", such as /mnt/nas/aegir."));
        if (path.parent().value().equals("/")) {
            throw new InvalidValueException(
                    "setting directory", path.value(), "name a directory of its own, such as /mnt/nas/aegir");
        }
        return new Place(
                new ServiceRef(server.name(), service.name()),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Directory(path, server.id().value())),
                limits(settings),
                Keys.of(settings));
    }

    private static Limits limits(Settings settings) {
        return new Limits(
                within(settings, "bandwidth", 0, 0, 10_000_000),
                within(settings, "connections", 4, 1, 8),
                within(settings, "timeout", 300, 10, 86_400));
    }

    private static String endpoint(String text, Settings settings) {
        if (!text.matches("https?://" + HOST + "(:[0-9]{1,5})?")) {
            throw new InvalidValueException(
                    "setting endpoint", text, "write it as https://HOST or https://HOST:PORT, without a path");
        }
        if (text.startsWith("http:")
                && !settings.text("insecure").filter("yes"::equals).isPresent()) {
            throw new InvalidValueException(
                    "setting endpoint",
                    text,
                    "without https everybody on the way reads and changes what is stored; set insecure to yes if that is"
                            + " what you want");
        }
        // What is the port anyway is not part of what is signed.
        return text.replaceFirst(text.startsWith("http:") ? ":80$" : ":443$", "");
    }

    private static SecretRef secret(Service service, String name) {
        return service.settings()
                .secret(name)
                .orElseThrow(() -> new RefusedException("A file service of the engine " + service.engine()
                        + " needs the setting " + name + ": the name of a secret."));
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

    @Override
    public String toString() {
        return service
                + bucket.map(each -> " (" + each.endpoint() + ", bucket " + each.name() + ")")
                        .orElse("")
                + directory.map(each -> " (" + each.path() + ")").orElse("")
                + account.map(each -> " (" + each.user() + "@" + each.host() + ":" + each.directory() + ")")
                        .orElse("");
    }
}
