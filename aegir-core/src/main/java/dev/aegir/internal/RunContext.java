// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Host;
import dev.aegir.host.Secret;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.spi.LedgerStep;
import dev.aegir.task.Inventory;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a step sees while it runs or is undone. */
final class RunContext implements StepContext, Deadlines {
    static final String RESULT = "result:";

    /** What a step remembers is for undoing it and for later steps, not a place to keep data. */
    private static final int FACT_LIMIT = 1024 * 1024;

    private final RunState run;
    private final Journal journal;
    private final int index;
    private final StepScope scope;
    private final Inventory inventory;
    private final Redactor.Lines lines;

    RunContext(RunState run, int index) {
        this.run = run;
        this.journal = run.journal();
        this.index = index;
        this.scope = new StepScope(journal.step(index).name());
        this.lines = run.redactor().lines();
        this.inventory = new DocumentInventory(
                new WatchedDocuments(
                        run.parts().documents(),
                        write -> write(() -> {
                            journal.checkOwnership();
                            write.run();
                        })),
                true);
    }

    int index() {
        return index;
    }

    StepScope scope() {
        return scope;
    }

    private LedgerStep step() {
        return journal.step(index);
    }

    private void write(Runnable write) {
        scope.check();
        scope.touch();
        run.threads().shielded(write);
    }

    @Override
    public String key() {
        int retries = Marks.RETRIES.count(step());
        return journal.task() + "." + index + (retries == 0 ? "" : "." + retries);
    }

    @Override
    public int attempt() {
        return step().attempt();
    }

    @Override
    public Host host(Name server) throws InterruptedException {
        return host(PreviewContext.known(inventory, server));
    }

    @Override
    public Host host(Server server) throws InterruptedException {
        scope.check();
        Host open = run.parts().hosts().host(server);
        return new WatchedHost(open.fenced(run.fence()), scope);
    }

    @Override
    public <H extends Host> H host(Name server, Class<H> type) throws InterruptedException {
        scope.check();
        // A host of a special type is handed out as it is: what is done through it cannot be watched.
        Host open = run.parts().hosts().host(PreviewContext.known(inventory, server));
        scope.touch();
        return PreviewContext.as(open.fenced(run.fence()), type);
    }

    @Override
    public Inventory inventory() {
        return inventory;
    }

    @Override
    public Secret secret(SecretRef reference) {
        Secret secret = run.parts().secrets().require(reference);
        run.redactor().learn(secret);
        return secret;
    }

    @Override
    public Optional<Secret> findSecret(SecretRef reference) {
        Optional<Secret> secret = run.parts().secrets().secrets().find(reference);
        secret.ifPresent(run.redactor()::learn);
        return secret;
    }

    @Override
    public void keep(SecretRef reference, Secret secret) {
        run.redactor().learn(secret);
        write(() -> run.parts().secrets().secrets().keep(reference, secret));
    }

    @Override
    public List<SecretRef> secretsBelow(SecretRef name) {
        return run.parts().secrets().secrets().below(name);
    }

    @Override
    public void forget(SecretRef reference) {
        write(() -> run.parts().secrets().secrets().forget(reference));
    }

    @Override
    public void remember(String fact, Object value) {
        if (fact.startsWith(RESULT) || fact.startsWith(Marks.PREFIX) || fact.isEmpty()) {
            throw new IllegalArgumentException("\"" + fact + "\" is no name for a fact");
        }
        String json = Json.write(value);
        // As a rule no secret is in it; if one is, the text that has it is changed, and what is not text stays as it
        // is.
        String clean = run.redactor().redact(json).equals(json) ? json : Json.withTexts(json, run.redactor()::redact);
        keep(Map.of(fact, clean));
    }

    private void keep(Map<String, String> facts) {
        facts.forEach((fact, text) -> {
            if (text.length() > FACT_LIMIT) {
                throw new IllegalArgumentException("The fact \"" + fact + "\" has " + text.length()
                        + " characters; at most " + FACT_LIMIT + " are kept. Leave it on the host and remember where.");
            }
        });
        write(() -> journal.remember(index, facts));
    }

    @Override
    public <T> Optional<T> recall(String fact, Class<T> type) {
        return fact.startsWith(RESULT) || fact.startsWith(Marks.PREFIX)
                ? Optional.empty()
                : journal.fact(fact).map(json -> Json.read(json, type));
    }

    @Override
    public void log(String line) {
        scope.check();
        String clean = lines.redact(Printable.cut(line, Journal.LINE_LIMIT));
        run.threads().shielded(() -> journal.log(step().name(), clean));
    }

    @Override
    public void results(Map<String, String> values) {
        Map<String, String> facts = new HashMap<>();
        values.forEach((name, value) -> facts.put(RESULT + name, run.redactor().redact(value)));
        keep(facts);
    }

    @Override
    public Deadline after(Duration time) {
        return new StepDeadline(run.threads(), time);
    }

    @Override
    public Instant now() {
        return run.parts().clock().instant();
    }
}
