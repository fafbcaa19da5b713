// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import java.io.IOException;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.Message;
import net.schmizz.sshj.common.SSHPacket;
import net.schmizz.sshj.transport.TransportException;
import net.schmizz.sshj.userauth.UserAuthException;
import net.schmizz.sshj.userauth.method.AbstractAuthMethod;

/** Proves who we are with one key of an SSH agent (RFC 4252, section 7): asks whether it will do, then has it sign. */
final class AgentAuth extends AbstractAuthMethod {
    private final SshAgent agent;
    private final SshAgent.Identity identity;

    AgentAuth(SshAgent agent, SshAgent.Identity identity) {
        super("publickey");
        this.agent = agent;
        this.identity = identity;
    }

    @Override
    protected SSHPacket buildReq() throws UserAuthException {
        return request(false);
    }

    @Override
    public void handle(Message message, SSHPacket packet) throws UserAuthException, TransportException {
        if (message != Message.USERAUTH_60) {
            super.handle(message, packet);
            return;
        }
        SSHPacket request = request(true);
        byte[] signed = new Buffer.PlainBuffer()
                .putBytes(params.getTransport().getSessionID())
                .putBuffer(request)
                .getCompactData();
        try {
            request.putBytes(agent.sign(identity, signed));
        } catch (IOException e) {
            throw new UserAuthException("the SSH agent does not sign", e);
        }
        params.getTransport().write(request);
    }

    private SSHPacket request(boolean withSignature) throws UserAuthException {
        try {
            return super.buildReq()
                    .putBoolean(withSignature)
                    .putString(identity.algorithm())
                    .putBytes(identity.key());
        } catch (IOException e) {
            throw new UserAuthException("the SSH agent has a key that is none", e);
        }
    }
}
