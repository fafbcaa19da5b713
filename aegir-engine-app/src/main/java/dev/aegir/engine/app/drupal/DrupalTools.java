// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.engine.app.tool.Tools;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Settings;
import dev.aegir.spi.ApplicationRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Drush, for what modules hook into and for hooks that only it knows; and core's own {@code dr}, which has the same rebuild as our
 * program and nothing else that is of use here, so that it is only used where somebody wants it. Both are parts of the code. What an
 * account has in its home chooses nothing.
 */
final class DrupalTools {
    static final List<String> UPDATE = List.of("updatedb", "--yes");
    static final List<String> DEPLOY = List.of("deploy:hook", "--yes");
    static final List<String> REBUILD = List.of("cache:rebuild");

    private static final String DRUSH = "drush";
    private static final String DR = "dr";
    private static final String NUMBER = "([0-9][0-9A-Za-z.+-]{0,40})$";

    private DrupalTools() {}

    /** For updates of the database; absent when our own program does them. */
    static Optional<Tools> updating(ApplicationRequest request) {
        return said(request.site().settings()).equals(DR) ? Optional.empty() : rebuilding(request);
    }

    /** For a rebuild; absent when our own program does it. */
    static Optional<Tools> rebuilding(ApplicationRequest request) {
        String said = said(request.site().settings());
        return switch (said) {
            case "runner" -> Optional.empty();
            case DR ->
                Optional.of(tools(
                        request,
                        DR,
                        true,
                        "(?m)^Drupal " + NUMBER,
                        List.of("--no-ansi", "--no-interaction", "--url=" + url(request))));
            default ->
                Optional.of(tools(
                        request,
                        DRUSH,
                        said.equals(DRUSH),
                        "(?m)^Drush (?:Commandline Tool|Version *:)? *" + NUMBER,
                        List.of(
                                "--root=" + request.root(),
                                "--uri=" + url(request),
                                "--local",
                                "--no-ansi",
                                "--no-interaction")));
        };
    }

    private static Tools tools(
            ApplicationRequest request, String name, boolean required, String version, List<String> options) {
        HostPath code = request.release().path();
        String place = request.site().settings().text("tool.path").orElse("vendor/bin/" + name);
        // It starts itself again, by whatever is called php.
        String path = interpreters(request.home()) + ":/usr/local/bin:/usr/bin:/bin";
        return new Tools(
                name,
                required,
                code,
                List.of(code.resolve(place)),
                List.of("--version"),
                version,
                options,
                Map.of("HOME", "/nonexistent", "PATH", path));
    }

    private static String url(ApplicationRequest request) {
        return DrupalSite.url(request.site());
    }

    private static String said(Settings settings) {
        String said = settings.text("tool").orElse("auto");
        if (!List.of("auto", "runner", DRUSH, DR).contains(said)) {
            throw new InvalidValueException("setting tool", said, "write auto, runner, drush or dr");
        }
        return said;
    }

    /** Where programs find the site's own interpreter under the name that they know. */
    static HostPath interpreters(HostPath home) {
        return home.child("bin").child("interpreter");
    }
}
