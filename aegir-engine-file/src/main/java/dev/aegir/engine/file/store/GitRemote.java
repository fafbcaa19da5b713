// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.host.Command;
import dev.aegir.host.Input;
import dev.aegir.host.Secret;
import dev.aegir.model.HostKey;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A repository of git that is reached by a URL, and what opens it. The secret is told on standard input alone: a private key goes into
 * the memory of an agent that ends with the command, a token to a helper that git asks.
 *
 * @param url where it is, {@code ssh://USER@HOST/PATH} or {@code https://HOST/PATH}; nothing secret is in it
 * @param user whose the token is; not used with ssh
 * @param credential the secret: a private key, or a token or password
 * @param hostKey who a host of ssh is, as {@code ssh-ed25519 AAAA...}; empty for others
 */
record GitRemote(String url, String user, SecretRef credential, String hostKey) {
    /** What the wrapper ends with when it cannot use the secret, or has no programs for it; git ends with neither. */
    static final int BAD_KEY = 7;

    static final int NO_SSH = 8;

    private static final String SSH = """
            # with a key that an agent has
            command -v ssh >/dev/null && command -v ssh-agent >/dev/null && command -v ssh-add >/dev/null || exit 8
            exec ssh-agent sh -c 'key=
            while IFS= read -r line && [ "$line" != . ]; do
                key="$key$line
            "
            done
            printf %s "$key" | ssh-add -q - 2>/dev/null || exit 7
            key=
            "$@"
            status=$?
            kill "$SSH_AGENT_PID"
            exit "$status"' "$0" "$@"
            """;

    private static final String HTTP = """
            # with a token that git asks for
            IFS= read -r AEGIR_TOKEN || exit 7
            export AEGIR_TOKEN
            exec "$@"
            """;

    private static final String HELPER =
            "!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' \"$AEGIR_USER\" \"$AEGIR_TOKEN\"; }; f";

    /** Git hands it to a shell on the other side; it quotes it, and needs not to. */
    private static final String PATH = "/[A-Za-z0-9_~][A-Za-z0-9._~/@%+=,-]*";

    private static final String USER = "[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,99}";
    private static final String HOST =
            "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*|\\[[0-9A-Fa-f:.]+\\]";

    GitRemote {
        URI uri = uri(url);
        if (!user.matches(USER)) {
            throw new InvalidValueException("setting user", user, "it is no name of an account");
        } else if (uri.getScheme().equals("ssh")) {
            HostKey.of(hostKey);
            if (!hostKey.matches("[a-z0-9@.-]+ [A-Za-z0-9+/]+=*")) {
                throw new InvalidValueException(
                        "setting host-key",
                        hostKey,
                        "git needs the whole key, as ssh-ed25519 AAAA..., and nothing behind it");
            }
        }
    }

    static Optional<GitRemote> of(Settings settings) {
        return settings.text("url").map(url -> {
            boolean ssh = url.startsWith("ssh://");
            if (url.startsWith("http://")
                    && !settings.text("insecure").filter("yes"::equals).isPresent()) {
                throw shown(url, "without https everybody on the way reads the token; the setting insecure allows it");
            }
            return new GitRemote(
                    url,
                    settings.text("user").orElse("git"),
                    settings.secret("credential")
                            .orElseThrow(() -> new RefusedException(
                                    "A file service of the engine git with a url needs the setting credential: the name"
                                            + " of the secret that opens it.")),
                    ssh
                            ? settings.text("host-key")
                                    .orElseThrow(() -> new RefusedException(
                                            "A file service of the engine git with a url of ssh needs the setting"
                                                    + " host-key, without which it could be anybody: ssh-ed25519 AAAA..."
                                                    + " as `ssh-keyscan HOST` or its provider tells."))
                            : "");
        });
    }

    private static URI uri(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw hidden("it is no URL");
        }
        String scheme = Optional.ofNullable(uri.getScheme()).orElse("");
        if (!List.of("ssh", "https", "http").contains(scheme) || !url.startsWith(scheme + "://")) {
            throw hidden("write it as ssh://USER@HOST/PATH or https://HOST/PATH");
        }
        String user = Optional.ofNullable(uri.getRawUserInfo()).orElse("");
        if (user.contains(":") || !scheme.equals("ssh") && !user.isEmpty()) {
            throw hidden("no user or password belongs into it; keep the password as a secret, name that as credential"
                    + " and whose it is as user");
        } else if (scheme.equals("ssh") && !user.matches(USER)) {
            throw hidden("it does not say which account to use: ssh://USER@HOST/PATH");
        }
        if (!Optional.ofNullable(uri.getHost()).orElse("").matches(HOST)) {
            throw shown(url, "it has no host");
        } else if (uri.getRawQuery() != null
                || uri.getRawFragment() != null
                || !uri.getRawPath().matches(PATH)
                || (uri.getRawPath() + "/").contains("/../")) {
            throw shown(url, "its path is none of a repository: letters, digits and ._~/@%+=,- and no ..");
        }
        return uri;
    }

    private static InvalidValueException hidden(String why) {
        // There may be a password in it.
        return new InvalidValueException("setting url", "(not shown)", why);
    }

    private static InvalidValueException shown(String url, String why) {
        return new InvalidValueException("setting url", url, why);
    }

    private boolean ssh() {
        return url.startsWith("ssh:");
    }

    /** The same command, to be given {@link #input} and whatever it reads itself behind that. */
    Command open(Command command) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", ssh() ? SSH : HTTP, "aegir-git"));
        words.addAll(command.words());
        Command wrapped = new Command(
                words,
                command.user(),
                command.directory(),
                command.environment(),
                command.timeout(),
                command.outputLimit());
        return ssh()
                ? wrapped.environment("GIT_SSH_COMMAND", sshCommand()).environment("GIT_SSH_VARIANT", "ssh")
                : wrapped.environment("AEGIR_USER", user);
    }

    /** The host proves itself by the pinned key, whatever the server's own files say. */
    private String sshCommand() {
        return "ssh -F none -o BatchMode=yes -o PreferredAuthentications=publickey -o IdentityFile=none"
                + " -o StrictHostKeyChecking=yes -o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null"
                + " -o HostKeyAlias=aegir-store -o 'KnownHostsCommand=/bin/echo aegir-store " + hostKey + "'"
                + " -o UpdateHostKeys=no -o ForwardAgent=no -o ControlPath=none -o ConnectTimeout=20"
                + " -o ServerAliveInterval=15 -o ServerAliveCountMax=4";
    }

    /** What git is told before its own words. */
    List<String> options() {
        List<String> options = new ArrayList<>(List.of(
                "-c",
                "protocol.allow=never",
                "-c",
                "protocol." + url.substring(0, url.indexOf(':')) + ".allow=always"));
        if (!ssh()) {
            for (String option : List.of(
                    "http.followRedirects=false",
                    "http.lowSpeedLimit=1",
                    "http.lowSpeedTime=300",
                    "core.askPass=",
                    "credential.helper=",
                    // For nobody else, such as a proxy on the way.
                    "credential." + url.substring(0, url.indexOf('/', url.indexOf("://") + 3)) + ".helper=" + HELPER)) {
                options.add("-c");
                options.add(option);
            }
        }
        return options;
    }

    /** The secret, as the command reads it. */
    Input input(Secret secret) {
        String text = secret.reveal().strip();
        if (text.isEmpty() || !ssh() && text.chars().anyMatch(c -> c < ' ')) {
            throw new RefusedException("The secret " + credential + " is no "
                    + (ssh() ? "private key." : "token or password: it is empty, or has more than one line."));
        }
        return Input.secret(Secret.of(ssh() ? text + "\n.\n" : text + "\n"));
    }

    @Override
    public String toString() {
        return url;
    }
}
