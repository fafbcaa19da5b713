// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Redirect;
import dev.aegir.model.Service;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.Engine;
import dev.aegir.testkit.Answer;
import dev.aegir.testkit.EngineContract;
import dev.aegir.testkit.FakeHost;
import java.util.List;
import java.util.Set;

/** nginx keeps the contract of engines. */
class NginxContractTest extends EngineContract<VirtualHost> {
    private static final Id OTHER = Id.next();

    @Override
    protected Engine<VirtualHost> engine() {
        return new NginxEngine();
    }

    @Override
    protected Service service() {
        return Service.http("nginx").with("install", "true");
    }

    @Override
    protected VirtualHost sample() {
        VirtualHost named = Samples.named(Samples.site(), List.of("docs.example.org"), List.of("www.docs.example.net"));
        return Samples.by(
                Samples.redirecting(
                        named, Redirect.of("/old", "/new"), Redirect.of("/away", "https://example.org/?a=b")),
                new VirtualHost.PhpFpm(HostPath.of("/run/php/docs.sock")));
    }

    @Override
    protected VirtualHost changed() {
        return Samples.hidden(Samples.by(Samples.site(), new VirtualHost.ReverseProxy("192.0.2.7", 8080)));
    }

    @Override
    protected VirtualHost neighbour() {
        return Samples.as(OTHER, "wiki.example.net");
    }

    @Override
    protected void given(FakeHost host, VirtualHost resource) {
        host.directory(resource.root().value());
        host.link("/etc/nginx/sites-enabled/default", "/etc/nginx/sites-available/default");
        host.program(
                call -> "installed".equals(call.host().fact("nginx")) ? Answer.ok() : Answer.failed(1, ""),
                NginxCommands.isInstalled().words().toArray(String[]::new));
        host.program(
                call -> {
                    call.host().fact("nginx", "installed");
                    return Answer.ok();
                },
                "sh",
                "-eu",
                "-s");
    }

    @Override
    protected void verify(FakeHost host, VirtualHost resource) {
        NginxParser.parse(host.text("/etc/nginx/aegir/sites/" + resource.owner() + ".conf")
                .orElseThrow());
    }

    /** A package that was installed is not removed again: it may have been wanted for something else meanwhile. */
    @Override
    protected Set<String> stays() {
        return Set.of("nginx");
    }

    @Override
    protected List<HostPath> territory() {
        return List.of(HostPath.of("/etc/nginx"));
    }
}
