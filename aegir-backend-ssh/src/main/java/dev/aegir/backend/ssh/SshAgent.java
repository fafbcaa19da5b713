// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.schmizz.sshj.common.Buffer;

/**
 * The SSH agent of this account: it has private keys and signs with them, and gives none away. Every question is a
 * connection of its own, to the socket that {@code SSH_AUTH_SOCK} names.
 *
 * @see <a href="https://datatracker.ietf.org/doc/html/draft-ietf-sshm-ssh-agent">SSH Agent Protocol</a>
 */
record SshAgent(Path socket) {
    /** It may ask a person to confirm. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int LONGEST_ANSWER = 256 * 1024;
    private static final byte REQUEST_IDENTITIES = 11;
    private static final byte IDENTITIES_ANSWER = 12;
    private static final byte SIGN_REQUEST = 13;
    private static final byte SIGN_RESPONSE = 14;
    private static final int RSA_SHA2_512 = 4;

    /** A key that the agent has. */
    @SuppressWarnings("ArrayRecordComponent") // Handed from one line to the next; never compared.
    record Identity(byte[] key) {
        /** How it signs: RSA with SHA-512, which every server of the last decade takes. */
        String algorithm() throws IOException {
            String type = new Buffer.PlainBuffer(key).readString();
            return type.equals("ssh-rsa") ? "rsa-sha2-512" : type;
        }
    }

    /** The keys it has. */
    List<Identity> identities() throws IOException {
        Buffer.PlainBuffer answer = ask(new Buffer.PlainBuffer().putByte(REQUEST_IDENTITIES), IDENTITIES_ANSWER);
        List<Identity> identities = new ArrayList<>();
        for (long left = answer.readUInt32(); left > 0; left--) {
            identities.add(new Identity(answer.readBytes()));
            answer.readString(); // comment
        }
        return identities;
    }

    /** A signature with one of its keys, in the form that goes into the SSH protocol. */
    byte[] sign(Identity identity, byte[] data) throws IOException {
        Buffer.PlainBuffer question = new Buffer.PlainBuffer()
                .putByte(SIGN_REQUEST)
                .putBytes(identity.key())
                .putBytes(data)
                .putUInt32(identity.algorithm().equals("rsa-sha2-512") ? RSA_SHA2_512 : 0);
        return ask(question, SIGN_RESPONSE).readBytes();
    }

    private Buffer.PlainBuffer ask(Buffer.PlainBuffer question, byte expected) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            SelectionKey ready = channel.register(selector, SelectionKey.OP_WRITE);
            ByteBuffer out = ByteBuffer.wrap(
                    new Buffer.PlainBuffer().putBytes(question.getCompactData()).getCompactData());
            while (out.hasRemaining()) {
                await(selector, deadline);
                channel.write(out);
            }
            ready.interestOps(SelectionKey.OP_READ);
            int length = read(channel, selector, Integer.BYTES, deadline).getInt();
            if (length < 1 || length > LONGEST_ANSWER) {
                throw new IOException("the SSH agent at " + socket + " answers with " + length + " bytes");
            }
            Buffer.PlainBuffer answer = new Buffer.PlainBuffer(
                    read(channel, selector, length, deadline).array());
            byte kind = answer.readByte();
            if (kind != expected) {
                throw new IOException("the SSH agent at " + socket + " refuses (it answered " + kind + ")");
            }
            return answer;
        }
    }

    private ByteBuffer read(SocketChannel channel, Selector selector, int length, long deadline) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(length);
        while (in.hasRemaining()) {
            await(selector, deadline);
            if (channel.read(in) < 0) {
                throw new IOException("the SSH agent at " + socket + " ended in the middle of an answer");
            }
        }
        return in.flip();
    }

    private void await(Selector selector, long deadline) throws IOException {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0 || selector.select(left) == 0) {
            throw new IOException("the SSH agent at " + socket + " does not answer");
        }
        selector.selectedKeys().clear();
    }
}
