// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.HostPath;
import dev.aegir.model.Site;
import dev.aegir.model.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Static sites of one codebase that shall be on one server. Immutable.
 *
 * @param sites the sites
 */
record Fleet(List<Site> sites) {
    private static final HostPath CODE = HostPath.of("/srv/benchmark/code");
    private static final String WEB_ROOT = "public";

    Fleet {
        sites = List.copyOf(sites);
    }

    static Fleet of(int size) {
        return new Fleet(IntStream.range(0, size)
                .mapToObj(i -> Site.of("site" + i + ".example.net", "code")
                        .http("web/http")
                        .aliases("alias" + i + ".example.net"))
                .toList());
    }

    /** What all of them serve. */
    static Codebase codebase() {
        return Codebase.of("code", CodeSource.directory(CODE.value()))
                .webRoot(WEB_ROOT)
                .on("web");
    }

    /** Where their page lies. */
    static HostPath page() {
        return CODE.child(WEB_ROOT).child("index.html");
    }

    int size() {
        return sites.size();
    }

    /** The first site has another alias, and all others are as they were. */
    Fleet changed(int round) {
        List<Site> copy = new ArrayList<>(sites);
        copy.set(0, sites.get(0).aliases("alias0.example.net", "round" + round + ".example.net"));
        return new Fleet(copy);
    }

    /** The sites as a web server is told about them. */
    List<VirtualHost> virtualHosts() {
        return sites.stream()
                .map(site -> new VirtualHost(
                        site.id(),
                        site.name(),
                        site.aliases(),
                        site.allRedirectedNames(),
                        site.redirects(),
                        CODE.child(WEB_ROOT),
                        CODE,
                        new VirtualHost.StaticFiles(),
                        true))
                .toList();
    }
}
