// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static dev.aegir.engine.http.NginxDirective.directive;
import static dev.aegir.engine.http.NginxDirective.fixed;
import static dev.aegir.engine.http.NginxValue.expression;
import static dev.aegir.engine.http.NginxValue.literal;

import dev.aegir.model.InvalidValueException;
import dev.aegir.model.VirtualHost;
import dev.aegir.model.VirtualHost.Mount;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The paths of a site whose files lie elsewhere. */
final class NginxMounts {
    private NginxMounts() {}

    /** The mounts of a site, and then its other locations. */
    static List<NginxDirective> before(VirtualHost site, List<NginxDirective> others) {
        List<NginxDirective> all = new ArrayList<>();
        Set<String> paths = new HashSet<>();
        for (Mount mount : site.mounts()) {
            if (!paths.add(mount.path())) {
                throw new InvalidValueException("path", mount.path(), "two mounts have it");
            }
            all.add(location(mount, site.handler() instanceof VirtualHost.PhpFpm));
        }
        all.addAll(others);
        return all;
    }

    /** Of any expression only those inside are asked, so that nothing here runs whatever its name is. */
    private static NginxDirective location(Mount mount, boolean php) {
        // What is not there yet, such as a smaller picture, is made by the site's code when it is first asked for.
        String otherwise = mount.generated() && php ? "/index.php$is_args$args" : "=404";
        return directive("location", expression("^~"), literal(mount.path() + "/"))
                .with(
                        directive("alias", literal(mount.directory() + "/")),
                        directive("disable_symlinks", expression("if_not_owner"), literal("from=" + mount.directory())),
                        fixed("location", "~", "/\\.").with(fixed("return", "404")),
                        fixed("location", "~*", NginxHandler.CODE).with(fixed("return", "404")),
                        fixed("try_files", "$uri", otherwise));
    }
}
