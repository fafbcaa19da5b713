// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.model.Service;

/** The same where what others have changed stops everything, so that preparing takes two steps. */
class NginxFailingOnDriftContractTest extends NginxContractTest {
    @Override
    protected Service service() {
        return Samples.NGINX.with("drift", "fail");
    }
}
