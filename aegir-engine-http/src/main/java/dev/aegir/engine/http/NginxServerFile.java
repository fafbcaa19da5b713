// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static dev.aegir.engine.http.NginxDirective.directive;
import static dev.aegir.engine.http.NginxDirective.fixed;
import static dev.aegir.engine.http.NginxValue.expression;
import static dev.aegir.engine.http.NginxValue.literal;

import dev.aegir.model.ServiceRef;
import java.util.ArrayList;
import java.util.List;

/** What a service has once, whatever its sites: what they use, where they are, and what answers when it is none of them. */
final class NginxServerFile {
    /** As "combined", which many programs read, and then what accounts are made of. */
    private static final String LOG_FORMAT = "$remote_addr - $remote_user [$time_local] \"$request\" $status"
            + " $body_bytes_sent \"$http_referer\" \"$http_user_agent\" $host $request_length $bytes_sent $request_time";

    private NginxServerFile() {}

    static NginxGeneration.File render(ServiceRef service, NginxSettings settings) {
        return NginxGeneration.hidden(generation -> NginxDirective.write(
                List.of("Aegir service " + service + ". Written by Aegir, which finds changes made here."),
                directives(settings, generation)));
    }

    private static List<NginxDirective> directives(NginxSettings settings, NginxGeneration generation) {
        return List.of(
                // A name of 253 characters fits.
                fixed("server_names_hash_bucket_size", "512"),
                fixed("server_names_hash_max_size", "4096"),
                // Missing in the types that nginx brings, and not run by browsers without.
                fixed("types")
                        .with(
                                fixed("application/javascript", "mjs"),
                                fixed("application/manifest+json", "webmanifest")),
                fixed("log_format", "aegir", LOG_FORMAT),
                fixed("map", "$http_upgrade", "$aegir_connection")
                        .with(fixed("default", "upgrade"), fixed("", "close")),
                // What an application says itself is not said a second time.
                unlessSaid("content_type_options", "nosniff"),
                unlessSaid("frame_options", "SAMEORIGIN"),
                unlessSaid("referrer_policy", "strict-origin-when-cross-origin"),
                defaultServer(settings, generation),
                directive("include", literal(settings.sitesDir() + "/*.conf")));
    }

    private static NginxDirective unlessSaid(String header, String value) {
        String upstream = header.equals("referrer_policy") ? header : "x_" + header;
        return fixed("map", "$upstream_http_" + upstream, "$aegir_" + header).with(fixed("", value));
    }

    /** Answers for names that are no site's, and says nothing about those that are. */
    private static NginxDirective defaultServer(NginxSettings settings, NginxGeneration generation) {
        List<NginxDirective> inside = new ArrayList<>();
        for (NginxSettings.Listen listen : settings.listen()) {
            inside.add(directive("listen", literal(listen.text()), expression("default_server")));
        }
        inside.add(fixed("server_name", "_"));
        inside.add(fixed("server_tokens", "off"));
        inside.add(generation.location());
        inside.add(fixed("location", "/").with(fixed("return", "404")));
        return fixed("server").with(inside);
    }
}
