// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.engine.app.tool.Tools;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Site;
import dev.aegir.spi.ApplicationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * wp-cli, for what plugins hook into: updates of the database and the object cache. It reads no settings but those of the site's
 * WordPress, and none of its own packages: what an account has in its home chooses nothing.
 */
final class WpCli {
    static final List<String> UPDATE = List.of("core", "update-db");
    static final List<String> FLUSH = List.of("cache", "flush");

    private static final String NAME = "wp-cli";
    private static final List<String> SERVER = List.of("/usr/local/bin/wp", "/usr/bin/wp");
    private static final String VERSION = "(?m)^WP-CLI ([0-9][0-9A-Za-z.+-]{0,40})$";
    private static final String NOWHERE = "/nonexistent";

    private WpCli() {}

    /** By the site's settings; absent when our own program does all. */
    static Optional<Tools> of(ApplicationRequest request) {
        Site site = request.site();
        String said = site.settings().text("tool").orElse("auto");
        if (said.equals("runner")) {
            return Optional.empty();
        } else if (!said.equals("auto") && !said.equals(NAME)) {
            throw new InvalidValueException("setting tool", said, "write auto, runner or " + NAME);
        }
        HostPath code = request.release().path();
        Optional<HostPath> elsewhere = site.settings().text("tool.path").map(path -> Tools.place(code, path));
        List<HostPath> places = new ArrayList<>(List.of(code.resolve("vendor/bin/wp")));
        SERVER.forEach(path -> places.add(HostPath.of(path)));
        Map<String, String> environment = new TreeMap<>(Map.of(
                "HOME",
                NOWHERE,
                "WP_CLI_CONFIG_PATH",
                "/dev/null",
                "WP_CLI_CACHE_DIR",
                NOWHERE,
                "WP_CLI_PACKAGES_DIR",
                NOWHERE + "/",
                "WP_CLI_DISABLE_AUTO_CHECK_UPDATE",
                "1",
                "WP_CLI_STRICT_ARGS_MODE",
                "1"));
        // For a shell that starts it.
        environment.put("WP_CLI_PHP", request.workbench().interpreter().value());
        return Optional.of(new Tools(
                NAME,
                said.equals(NAME),
                code,
                elsewhere.map(List::of).orElse(places),
                List.of("cli", "version"),
                VERSION,
                List.of("--path=" + request.root(), "--skip-packages", "--no-color"),
                environment));
    }
}
