// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.net.URI;

/**
 * A path of a site that leads elsewhere.
 *
 * @param path the exact path, such as {@code /old}: visible ASCII without any character a web server's configuration
 *     gives a meaning
 * @param target an absolute {@code http} or {@code https} URL, or a path of the same site
 * @param permanent whether browsers may remember it (301) or not (302)
 */
public record Redirect(String path, URI target, boolean permanent) {
    private static final String PATH = "/[A-Za-z0-9/._~!,:@%+=&()-]*";

    /** Validates. */
    public Redirect {
        if (!path.matches(PATH) || path.length() > 2000) {
            throw new InvalidValueException(
                    "redirect", path, "a path begins with / and has no ; { } $ quotes or spaces");
        }
        String text = target.toString();
        boolean absolute = ("http".equals(target.getScheme()) || "https".equals(target.getScheme()))
                && target.getHost() != null
                && target.getUserInfo() == null;
        boolean local = target.getScheme() == null && target.getRawAuthority() == null && text.startsWith("/");
        if (!absolute && !local) {
            throw new InvalidValueException(
                    "redirect target", text, "write an http or https URL with a host, or a path that begins with /");
        }
        if (!text.matches("[A-Za-z0-9/._~!,:@%+=&()?#-]*") || text.length() > 2000) {
            throw new InvalidValueException(
                    "redirect target", text, "encode everything but letters, digits and ordinary URL punctuation");
        }
    }

    /**
     * A permanent redirect.
     *
     * @param path the exact path
     * @param target where it leads
     * @return the redirect
     * @throws InvalidValueException when either is not allowed
     */
    public static Redirect of(String path, String target) {
        try {
            return new Redirect(path, new URI(target), true);
        } catch (java.net.URISyntaxException e) {
            throw new InvalidValueException("redirect target", target, "it is not a URL");
        }
    }
}
