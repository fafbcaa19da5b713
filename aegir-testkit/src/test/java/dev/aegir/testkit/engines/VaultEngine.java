// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.engines;

import dev.aegir.host.Command;
import dev.aegir.host.Input;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.Resource;
import dev.aegir.model.SecretRef;
import dev.aegir.model.ServiceKind;
import dev.aegir.spi.Engine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A good engine with a step of its own, a secret, and data that is in no file. */
public final class VaultEngine implements Engine<VaultEngine.Account> {
    static final ServiceKind<Account> VAULT = ServiceKind.of("vault", Account.class);

    /** An account in a vault. */
    public record Account(Id owner, String title, int quota) implements Resource {
        /** Validates. */
        public Account {
            if (!title.matches("[a-z]{1,20}")) {
                throw new InvalidValueException("account", title, "1 to 20 letters a-z");
            }
        }
    }

    // tag::step[]
    /** The account is there with this quota, or is not. */
    public record EnsureAccount(String name, Name server, Id owner, Optional<Integer> quota, SecretRef password)
            implements Step {
        @Override
        public List<Change> preview(StepContext context) throws InterruptedException {
            return present(context).equals(quota)
                    ? List.of()
                    : List.of(new Change(Change.Kind.CHANGE, server.value(), "account " + owner, "quota " + quota));
        }

        @Override
        public void run(StepContext context) throws InterruptedException {
            Optional<Integer> present = present(context);
            if (context.recall(fact(), Integer.class).isEmpty()) {
                context.remember(fact(), present.orElse(-1));
            }
            if (!present.equals(quota)) {
                set(context, quota);
                context.log("account " + owner + " has the quota " + quota);
            }
        }

        @Override
        public void undo(StepContext context) throws InterruptedException {
            Optional<Integer> before = context.recall(fact(), Integer.class);
            if (before.isPresent()) {
                set(context, before.filter(number -> number >= 0));
            }
        }

        private Optional<Integer> present(StepContext context) throws InterruptedException {
            String found = context.host(server)
                    .run(Command.of("vault", "get", owner.value()))
                    .orThrow()
                    .stdout();
            return found.isEmpty() ? Optional.empty() : Optional.of(Integer.valueOf(found));
        }

        private void set(StepContext context, Optional<Integer> wanted) throws InterruptedException {
            Command set = Command.of("vault", "set", owner.value())
                    .with(wanted.map(Object::toString).orElse(""));
            context.host(server)
                    .run(set, Input.secret(context.secret(password)))
                    .orThrow();
        }

        private String fact() {
            return "vault." + owner + ".before";
        }
    }
    // end::step[]

    @Override
    public ServiceKind<Account> kind() {
        return VAULT;
    }

    @Override
    public String name() {
        return "vault";
    }

    // tag::steps[]
    @Override
    public Set<Class<? extends Step>> steps() {
        return Set.of(EnsureAccount.class);
    }
    // end::steps[]

    @Override
    public List<Step> ensure(EngineRequest<Account> request) {
        return List.of(step("ensure", request, Optional.of(request.resource().quota())));
    }

    @Override
    public List<Step> remove(EngineRequest<Account> request) {
        return List.of(step("remove", request, Optional.empty()));
    }

    private static Step step(String verb, EngineRequest<Account> request, Optional<Integer> quota) {
        Account account = request.resource();
        return new EnsureAccount(
                "vault: " + verb + " " + account.title() + " on "
                        + request.server().name(),
                request.server().name(),
                account.owner(),
                quota,
                SecretRef.of("vault/" + account.owner()));
    }
}
