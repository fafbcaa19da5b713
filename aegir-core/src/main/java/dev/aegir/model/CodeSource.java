// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

/**
 * Where code comes from: the name of the code engine that can bring it, and what that engine needs to know.
 *
 * @param engine {@code git}, {@code composer}, {@code directory}, {@code archive}, or a plugin's
 * @param settings what to bring; each engine documents its own
 */
public record CodeSource(Name engine, Settings settings) {
    /** Makes a source. */
    public CodeSource {}

    /**
     * A git repository.
     *
     * @param url where it is, as the server that runs the code reaches it: {@code https}, {@code ssh}, {@code git} or
     *     {@code file}
     * @param ref a branch, a tag or a commit
     * @return the source
     */
    public static CodeSource git(String url, String ref) {
        return new CodeSource(Name.of("git"), Settings.none().with("url", url).with("ref", ref));
    }

    /**
     * A directory that exists already on every server that runs the code; it is used where it is and never changed.
     *
     * @param path the directory
     * @return the source
     */
    public static CodeSource directory(String path) {
        return new CodeSource(
                Name.of("directory"),
                Settings.none().with("path", HostPath.of(path).value()));
    }

    /**
     * An archive (tar, tar.gz, tar.zst or zip).
     *
     * @param url where it is: {@code https} or {@code file}, as the server reaches it
     * @param sha256 its SHA-256 in hexadecimal; anything else is refused
     * @return the source
     */
    public static CodeSource archive(String url, String sha256) {
        return new CodeSource(
                Name.of("archive"), Settings.none().with("url", url).with("sha256", sha256));
    }

    /**
     * A project of composer: what its {@code composer.lock} names is installed into it, and nothing else. Its scripts and
     * plugins run only when the setting {@code trusted} is {@code true}.
     *
     * @param project where the project comes from: {@link #git} or {@link #archive}
     * @return the source
     */
    public static CodeSource composer(CodeSource project) {
        return new CodeSource(Name.of("composer"), project.settings());
    }

    /**
     * A project of composer in a git repository.
     *
     * @param url where it is, as for {@link #git}
     * @param ref a branch, a tag or a commit
     * @return the source
     */
    public static CodeSource composer(String url, String ref) {
        return composer(git(url, ref));
    }

    /**
     * This source with one more setting.
     *
     * @param setting the setting's name
     * @param value its value
     * @return a copy
     */
    public CodeSource with(String setting, String value) {
        return new CodeSource(engine, settings.with(setting, value));
    }
}
