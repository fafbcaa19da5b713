// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static dev.aegir.engine.http.NginxDirective.directive;
import static dev.aegir.engine.http.NginxDirective.fixed;
import static dev.aegir.engine.http.NginxValue.expression;
import static dev.aegir.engine.http.NginxValue.literal;

import dev.aegir.model.DomainName;
import dev.aegir.model.VirtualHost;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The file of one site: a server for the names it is served under, and one for those that lead there. */
final class NginxSiteFile {
    private static final NginxDirective NO_TOKENS = fixed("server_tokens", "off");

    // Behind a proxy, or a port that is published elsewhere, nginx does not know how it was reached.
    private static final NginxDirective RELATIVE_REDIRECTS = fixed("absolute_redirect", "off");

    private static final List<NginxDirective> HEADERS = List.of(
            fixed("add_header", "X-Content-Type-Options", "$aegir_content_type_options", "always"),
            fixed("add_header", "X-Frame-Options", "$aegir_frame_options", "always"),
            fixed("add_header", "Referrer-Policy", "$aegir_referrer_policy", "always"));
    private static final NginxDirective NOT_INDEXED =
            fixed("add_header", "X-Robots-Tag", "noindex, nofollow", "always");

    private final VirtualHost site;
    private final NginxSettings settings;
    private final NginxGeneration generation;

    private NginxSiteFile(VirtualHost site, NginxSettings settings, NginxGeneration generation) {
        this.site = site;
        this.settings = settings;
        this.generation = generation;
    }

    static NginxGeneration.File render(VirtualHost site, NginxSettings settings) {
        return NginxGeneration.at(
                site.owner().value(),
                generation -> NginxDirective.write(
                        List.of(
                                "Aegir site " + site.owner() + " (" + site.title() + ")",
                                "Written by Aegir, which finds changes made here."),
                        new NginxSiteFile(site, settings, generation).servers()));
    }

    private List<NginxDirective> servers() {
        Set<DomainName> served = new LinkedHashSet<>();
        served.add(site.name());
        served.addAll(site.aliases());
        Set<DomainName> redirected = new LinkedHashSet<>(site.redirectedNames());
        redirected.removeAll(served);

        List<NginxDirective> servers = new ArrayList<>();
        servers.add(main(served));
        if (!redirected.isEmpty()) {
            servers.add(redirecting(redirected));
        }
        return servers;
    }

    private NginxDirective main(Set<DomainName> names) {
        List<NginxDirective> inside = common(names);
        NginxHandler handler = NginxHandler.of(site, settings);
        inside.addAll(headers(handler));
        inside.addAll(handler.settings());
        inside.add(generation.location());
        if (!(site.handler() instanceof VirtualHost.Disabled)) {
            inside.addAll(NginxRedirects.locations(site));
        }
        inside.addAll(handler.locations());
        return fixed("server").with(inside);
    }

    private NginxDirective redirecting(Set<DomainName> names) {
        List<NginxDirective> inside = common(names);
        NginxValue target =
                expression("$scheme://").and(literal(site.name().value())).and(expression("$request_uri"));
        inside.add(fixed("location", "/").with(directive("return", expression("301"), target)));
        return fixed("server").with(inside);
    }

    private List<NginxDirective> common(Set<DomainName> names) {
        List<NginxDirective> inside = new ArrayList<>();
        for (NginxSettings.Listen listen : settings.listen()) {
            inside.add(directive("listen", literal(listen.text())));
        }
        inside.add(directive(
                "server_name", names.stream().map(name -> literal(name.value())).toArray(NginxValue[]::new)));
        inside.add(NO_TOKENS);
        inside.add(RELATIVE_REDIRECTS);
        inside.add(directive(
                "access_log",
                literal(settings.logDir()
                        .child("aegir-" + site.owner() + ".log")
                        .value()),
                expression("aegir")));
        return inside;
    }

    private List<NginxDirective> headers(NginxHandler handler) {
        List<NginxDirective> headers = new ArrayList<>(HEADERS);
        if (!site.indexed()) {
            headers.add(NOT_INDEXED);
        }
        headers.addAll(handler.headers());
        return headers;
    }
}
