// SPDX-License-Identifier: Apache-2.0

/** Hosts reached over SSH. */
@SuppressWarnings("requires-automatic") // sshj names its module in its manifest only.
module dev.aegir.backend.ssh {
    requires transitive dev.aegir.core;
    requires com.hierynomus.sshj;
    requires org.slf4j;

    exports dev.aegir.backend.ssh;

    // Tasks and steps are stored as JSON.
    opens dev.aegir.backend.ssh to
            com.fasterxml.jackson.databind;

    provides dev.aegir.spi.Backend with
            dev.aegir.backend.ssh.SshBackend;
    provides dev.aegir.spi.TaskHandler with
            dev.aegir.backend.ssh.RotateServerKeyHandler,
            dev.aegir.backend.ssh.DeployServerKeyHandler;
}
