// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.host.Secret;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class PasswordsTest {
    /** What {@code SELECT PASSWORD('password')} answers. */
    @Test
    void mariaDbKeepsAHash() {
        assertThat(Passwords.mariaDb(Secret.of("password"))).isEqualTo("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
        assertThat(Passwords.mariaDb(Secret.of(""))).isEqualTo("*BE1BDEC0AA74B4DCB079943E70528096CCA985F8");
    }

    /** What MySQL 8.0 lets in as these passwords, which both are said to its clients. */
    @Test
    void mySqlKeepsAHashOfManyRounds() {
        assertThat(Passwords.mySql(Secret.of("pw"), "abcdefghij0123456789", 5))
                .isEqualTo("$A$005$abcdefghij0123456789UzbEGLO7AIFGC6JAVzucZQo9sStGNDg81XCJbM7W4p7");
        assertThat(Passwords.mySql(Secret.of("x'y" + "z".repeat(70)), "abcdefghij0123456789", 5))
                .isEqualTo("$A$005$abcdefghij0123456789WxuV79XLncfXPERmOzZBtaq5sTXYgtbzdKHIQIEUys8");
        for (String password : List.of("x", "a'\"\\\n\t$%", "é", "\uD83D\uDE00", "x".repeat(300))) {
            String kept = Passwords.mySql(Secret.of(password));
            assertThat(kept).hasSize(70).isNotEqualTo(Passwords.mySql(Secret.of(password)));
            assertThat(Passwords.matchesMySql(kept, Secret.of(password))).isTrue();
            assertThat(Passwords.matchesMySql(kept, Secret.of(password + "x"))).isFalse();
        }
        for (String other : List.of("", "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19", "$A$FFF$" + "x".repeat(63))) {
            assertThat(Passwords.matchesMySql(other, Secret.of("x"))).as(other).isFalse();
        }
    }

    /** RFC 7677, section 3: user, password pencil; the server's signature there proves the key. */
    @Test
    void postgresqlKeepsAVerifier() throws Exception {
        byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
        String verifier = Passwords.verifier("pencil", salt, 4096);
        assertThat(verifier).startsWith("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$");
        String nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        String message =
                "n=user,r=rOprNGfwEbeRWgbNEkqO,r=" + nonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=" + nonce;
        javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
        byte[] serverKey = Base64.getDecoder().decode(verifier.substring(verifier.lastIndexOf(':') + 1));
        mac.init(new javax.crypto.spec.SecretKeySpec(serverKey, "HmacSHA256"));
        assertThat(Base64.getEncoder().encodeToString(mac.doFinal(message.getBytes("UTF-8"))))
                .isEqualTo("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    @Test
    void whatIsKeptIsOfOnePassword() {
        for (String password : List.of("", "x", "a'\"\\\n\t$%", "é", "\uD83D\uDE00", "x".repeat(300))) {
            String kept = Passwords.postgresql(Secret.of(password));
            assertThat(Passwords.matches(kept, Secret.of(password))).isTrue();
            assertThat(Passwords.matches(kept, Secret.of(password + "x"))).isFalse();
        }
        Secret secret = Secret.of("x");
        assertThat(Passwords.postgresql(secret)).isNotEqualTo(Passwords.postgresql(secret));
        for (String other : List.of("", "md5abc", "SCRAM-SHA-256$x:a$b:c", "SCRAM-SHA-256$4096:YQ==$b")) {
            assertThat(Passwords.matches(other, secret)).isFalse();
        }
    }

    /** RFC 4013, section 3. */
    @Test
    void textIsPrepared() {
        assertThat(Passwords.prepared("I\u00ADX")).isEqualTo("IX");
        assertThat(Passwords.prepared("USER")).isEqualTo("USER");
        assertThat(Passwords.prepared("\u00AA")).isEqualTo("a");
        assertThat(Passwords.prepared("\u2168")).isEqualTo("IX");
        assertThat(Passwords.prepared("\u00A0")).isEqualTo(" ");
        assertThat(Passwords.prepared("é\n")).as("not allowed").isEqualTo("é\n");
    }
}
