// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.model.Id;
import dev.aegir.spi.Engine;
import dev.aegir.testkit.Answer;
import dev.aegir.testkit.Call;
import dev.aegir.testkit.EngineContract;
import dev.aegir.testkit.FakeHost;
import dev.aegir.testkit.engines.VaultEngine.Account;

/** An engine with a step of its own keeps the contract, with the program it calls modelled in a few lines. */
class VaultEngineTest extends EngineContract<Account> {
    private static final Id OWNER = Id.next();
    private static final Id OTHER = Id.next();

    @Override
    protected Engine<Account> engine() {
        return new VaultEngine();
    }

    @Override
    protected Account sample() {
        return new Account(OWNER, "ada", 10);
    }

    @Override
    protected Account changed() {
        return new Account(OWNER, "ada", 20);
    }

    @Override
    protected Account neighbour() {
        return new Account(OTHER, "bob", 30);
    }

    // tag::given[]
    @Override
    protected void given(FakeHost host, Account resource) {
        host.program(call -> Answer.ok(call.host().fact(account(call))), "vault", "get");
        host.program(VaultEngineTest::set, "vault", "set");
    }

    @Override
    protected void verify(FakeHost host, Account resource) {
        assertThat(host.fact(resource.owner().value())).isEqualTo(String.valueOf(resource.quota()));
    }

    private static Answer set(Call call) {
        assertThat(call.input().content()).isNotEmpty();
        call.host().fact(account(call), call.command().words().get(3));
        return Answer.ok();
    }

    private static String account(Call call) {
        return call.command().words().get(2);
    }
    // end::given[]
}
