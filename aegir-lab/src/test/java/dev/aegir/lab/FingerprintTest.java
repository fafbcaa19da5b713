// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FingerprintTest {
    private static final String RECORDS = "E\td\t755\troot:root\t\t/srv\0"
            + "E\tf\t644\tdeploy:deploy\t\t/srv/a file\n\0"
            + "E\tl\t777\troot:root\t/etc/x\t/srv/link\0"
            + "H\tabc\t/srv/a file\n\0"
            + "A\t# file: /srv\n# owner: root\nuser::rwx\nuser:deploy:r--\n\n\0";

    @Test
    void eachPathHasAllThatIsKnownOfIt() {
        assertThat(Fingerprint.parse(RECORDS).entries())
                .hasSize(3)
                .containsEntry("/srv", "directory 755 root:root acl:user::rwx,user:deploy:r--")
                .containsEntry("/srv/a file\n", "file 644 deploy:deploy sha256:abc")
                .containsEntry("/srv/link", "link 777 root:root -> /etc/x");
    }

    @Test
    void nothingIsAFingerprintToo() {
        assertThat(Fingerprint.parse("").entries()).isEmpty();
    }

    @Test
    void differencesSayWhatAppearedWentAndChanged() {
        Fingerprint before = Fingerprint.parse(RECORDS);
        Fingerprint after = Fingerprint.parse("E\td\t700\troot:root\t\t/srv\0E\tf\t644\troot:root\t\t/srv/new\0")
                .without(path -> path.endsWith("link"));

        assertThat(after.differencesFrom(before.without(path -> path.contains("file"))))
                .containsExactly(
                        "changed: /srv (directory 755 root:root acl:user::rwx,user:deploy:r-- => directory 700 root:root)",
                        "gone: /srv/link (link 777 root:root -> /etc/x)",
                        "new: /srv/new (file 644 root:root)");
        assertThat(before.differencesFrom(before)).isEmpty();
    }
}
