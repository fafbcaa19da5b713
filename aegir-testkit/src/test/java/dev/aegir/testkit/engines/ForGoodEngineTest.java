// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.engines;

import dev.aegir.testkit.Answer;
import dev.aegir.testkit.Call;
import dev.aegir.testkit.FakeHost;

/** A removal for good is finished, from wherever it stopped. */
class ForGoodEngineTest extends NoteContract {
    ForGoodEngineTest() {
        super(new ForGoodEngine());
    }

    @Override
    protected boolean removesForGood() {
        return true;
    }

    @Override
    protected void given(FakeHost host, Note note) {
        host.program(
                call -> call.host().text(word(call, 1)).isEmpty() ? Answer.ok() : Answer.failed(1, "it is there"),
                "is-gone");
        host.program(ForGoodEngineTest::shred, "shred");
    }

    private static Answer shred(Call call) {
        if (!call.host().text(word(call, 1)).orElseThrow().contains(word(call, 2))) {
            return Answer.failed(1, "it is not of " + word(call, 2));
        }
        call.host().without(word(call, 1));
        return Answer.ok();
    }

    private static String word(Call call, int number) {
        return call.command().words().get(number);
    }
}
