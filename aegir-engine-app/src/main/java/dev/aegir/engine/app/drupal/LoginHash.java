// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What proves a one-time link that logs somebody in, as Drupal 10.2 and later compute it. */
final class LoginHash {
    private LoginHash() {}

    /**
     * Computes it.
     *
     * @param salt the site's hash salt
     * @param password what Drupal keeps of the account's password
     * @param time the seconds since 1970 at which the link is made
     * @param login the same for when the account last logged in; 0 for never
     * @param uid the account's number
     * @param mail the account's address
     */
    static String of(String salt, String password, long time, String login, String uid, String mail) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec((salt + password).getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            String data = time + ":" + login + ":" + uid + ":" + mail;
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(data.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
