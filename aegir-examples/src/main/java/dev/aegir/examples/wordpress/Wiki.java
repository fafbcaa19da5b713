// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import dev.aegir.host.FileChange;
import dev.aegir.model.HostPath;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.Application;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A wiki that keeps its pages in files. */
// tag::application[]
public final class Wiki implements Application {
    @Override
    public String name() {
        return "wiki";
    }

    @Override
    public Set<ServiceKind<?>> needs(Site site) {
        return Set.of(ServiceKind.RUNTIME);
    }

    @Override
    public VirtualHost.Handler handler(ApplicationRequest request) {
        return request.runtime().orElseThrow().handler();
    }

    @Override
    public List<String> writable(Site site) {
        return List.of("pages");
    }

    @Override
    public Map<String, String> environment(ApplicationRequest request, HostPath home) {
        return Map.of("WIKI_HOME", home.value());
    }

    @Override
    public List<Step> configure(ApplicationRequest request) {
        String settings = "{\"site\": \"" + request.site().name() + "\", \"id\": \""
                + request.site().id() + "\"}\n";
        return List.of(ConfigChange.named(
                        "wiki: settings of " + request.site().name(),
                        request.server().name())
                .change(new FileChange.Write(
                        request.home().child("wiki.json"),
                        settings,
                        "0440",
                        "root:" + request.workbench().account(),
                        Optional.of(request.site().id())))
                .build());
    }

    @Override
    public List<Step> install(ApplicationRequest request) {
        String script = request.root().child("install.php").value();
        return List.of(RunCommand.of(
                "wiki: install " + request.site().name(),
                request.server().name(),
                request.workbench().interpret(script)));
    }
}
// end::application[]
