// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.StoredForm;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When two servers may talk to each other, and how the one gets to the other. */
class DirectTest {
    private static final String PINNED = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";

    private static EngineRequest<Tree> at(String name, String address, String... settings) {
        Service service = Service.of(ServiceKind.FILE, "rsync");
        for (int i = 0; i < settings.length; i += 2) {
            service = service.with(settings[i], settings[i + 1]);
        }
        Tree tree = new Tree(
                Id.of("01JF1KES000000000000000001"),
                "docs.example.net",
                Name.of(name),
                HostPath.of("/srv/aegir/sites/x"),
                List.of("files"),
                Optional.of("site"));
        return new EngineRequest<>(tree, Server.at(name, address).hostKey(PINNED), service);
    }

    private static EngineRequest<Tree> from(String route) {
        return at("web1", "ssh://root@web1.example.net", "route", route);
    }

    @ParameterizedTest
    @CsvSource({"hub,hub", "hub,auto", "auto,hub"})
    void oneThatDoesNotAllowItIsEnough(String from, String to) {
        assertThat(Direct.between(from(from), at("web2", "ssh://web2.example.net", "route", to)))
                .isEmpty();
    }

    @Test
    void nothingIsSaidMeansThroughThisProgram() {
        assertThat(Direct.between(at("web1", "ssh://web1.example.net"), at("web2", "ssh://web2.example.net")))
                .isEmpty();
        assertThat(Direct.between(from("mesh"), at("web1", "ssh://web1.example.net")))
                .isEmpty();
    }

    @Test
    void theTargetSaysHowItIsReached() {
        assertThat(Direct.between(from("auto"), at("web2", "ssh://aegir@web2.example.net:2222", "route", "auto")))
                .get()
                .returns(false, Direct::must)
                .returns("web2.example.net", Direct::host)
                .returns(2222, Direct::port)
                .returns("aegir", Direct::account)
                .returns(true, Direct::sudo);
        assertThat(Direct.between(
                        from("auto"), at("web2", "ssh://127.0.0.1:2222", "route", "mesh", "address", "10.0.0.2")))
                .get()
                .returns(true, Direct::must)
                .returns("10.0.0.2", Direct::host)
                .returns(22, Direct::port)
                .returns("root", Direct::account)
                .returns(false, Direct::sudo);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh://127.0.0.1:2222", "ssh://localhost", "ssh://[::1]:22", "local:"})
    void whatOtherServersCannotUseIsNoWay(String address) {
        assertThat(Direct.between(from("auto"), at("web2", address, "route", "auto")))
                .isEmpty();
        assertThatThrownBy(() -> Direct.between(from("auto"), at("web2", address, "route", "mesh")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("Set address and port");
    }

    @Test
    void whatCannotBeBothIsRefused() {
        assertThatThrownBy(() -> Direct.between(from("mesh"), at("web2", "ssh://web2.example.net")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("Set both to auto or mesh");
        assertThatThrownBy(() -> Direct.between(from("direct"), at("web2", "ssh://web2.example.net")))
                .isInstanceOf(InvalidValueException.class);
    }

    /** What is said of a server becomes no option and no line of a file that ssh reads. */
    @ParameterizedTest
    @ValueSource(strings = {"-oProxyCommand=id", "web2\n  ProxyCommand id", "web2 id", "$(id)", "web2%h"})
    void anAddressIsNothingElse(String address) {
        assertThatThrownBy(() -> Direct.between(
                        from("auto"), at("web2", "ssh://web2.example.net", "route", "auto", "address", address)))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void aStepWithAWayOutlivesARestart() {
        CopyTree step = (CopyTree) new RsyncEngine()
                .copy(from("auto"), at("web2", "ssh://web2.example.net", "route", "auto"))
                .get(0);
        assertThat(step.direct()).isPresent();
        assertThat(StoredForm.read(StoredForm.write(step), CopyTree.class)).isEqualTo(step);
    }
}
