// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.host.Input;
import dev.aegir.host.Secret;
import dev.aegir.model.SecretRef;
import dev.aegir.task.StepContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the program that fetches code is told.
 *
 * @param kind which program: {@code git} or {@code archive}
 * @param url where from
 * @param ref what of it; empty for an archive
 * @param pin what exactly it must be, where the source itself says so
 * @param credential what opens the source: a private key for {@code ssh}, a password or token otherwise
 * @param user who the password belongs to
 * @param hostKey who an ssh server must be, as {@code type base64}; empty for what the server knows already
 * @param strip whether the code is in the one directory at the top
 * @param composer what composer does with it then, if it does
 */
record Fetch(
        String kind,
        SourceUrl url,
        String ref,
        Optional<String> pin,
        Optional<SecretRef> credential,
        String user,
        String hostKey,
        boolean strip,
        Optional<Composer> composer) {
    /**
     * What composer is told.
     *
     * @param trusted whether the scripts and plugins of the project may run
     * @param auth its {@code auth.json}
     * @param php the PHP that it runs with, and that the requirements of the packages are checked against
     */
    record Composer(boolean trusted, Optional<SecretRef> auth, String php) {}

    Program program() {
        String fetch = "fetch-" + kind + ".sh";
        return composer.isPresent()
                ? Program.of("install by composer", "fetch.sh", "composer-auth.sh", fetch, "composer.sh")
                : Program.of("fetch by " + kind, "fetch.sh", fetch);
    }

    /** The same, with composer after it. */
    Fetch then(Composer next) {
        return new Fetch(kind, url, ref, pin, credential, user, hostKey, strip, Optional.of(next));
    }

    Map<String, String> variables() {
        Map<String, String> variables = new TreeMap<>();
        variables.put("kind", kind);
        variables.put("url", url.text());
        variables.put("protocol", url.protocol());
        variables.put("host", url.host());
        variables.put("port", Integer.toString(url.port()));
        variables.put("hash", url.hash());
        variables.put("ref", ref);
        variables.put("secret", credential.isPresent() ? "yes" : "no");
        variables.put("hostkey", hostKey);
        variables.put("strip", strip ? "1" : "0");
        composer.ifPresent(told -> {
            variables.put("trusted", told.trusted() ? "yes" : "no");
            variables.put("auth", told.auth().isPresent() ? "yes" : "no");
            variables.put("php", told.php());
        });
        return variables;
    }

    /** The secret in the form that the program which needs it reads. */
    Input input(StepContext context) {
        String text = composer.flatMap(Composer::auth)
                        .map(context::secret)
                        .map(Fetch::line)
                        .orElse("")
                + credential
                        .map(context::secret)
                        .map(secret -> file(secret.reveal()))
                        .orElse("");
        return text.isEmpty() ? Input.none() : Input.secret(Secret.of(text));
    }

    /** What composer reads comes first, on one line; the program that fetches reads all the rest. */
    private static String line(Secret auth) {
        return Base64.getEncoder().encodeToString(auth.reveal().getBytes(StandardCharsets.UTF_8)) + "\n";
    }

    private String file(String secret) {
        if (url.protocol().equals("ssh")) {
            return secret.strip() + "\n";
        } else if (kind.equals("git")) {
            String host = url.host().contains(":") ? "[" + url.host() + "]" : url.host();
            String port = url.port() == 443 ? "" : ":" + url.port();
            return "https://" + encoded(user) + ":" + encoded(secret.strip()) + "@" + host + port + "\n";
        }
        String quoted = (user + ":" + secret.strip()).replace("\\", "\\\\").replace("\"", "\\\"");
        return "user = \"" + quoted + "\"\n";
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return (composer.isPresent() ? "composer " : "") + kind + " " + url + (ref.isEmpty() ? "" : " " + ref);
    }
}
