// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.host.Secret;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** Signatures of Ed25519 (RFC 8032), with keys as openssl writes them (RFC 8410). */
final class Signatures {
    /** How long each is. */
    static final int LENGTH = 64;

    private static final String ED25519 = "Ed25519";

    private Signatures() {}

    /** A public key: the base64 between the lines of its PEM. */
    static PublicKey key(String base64) {
        try {
            return KeyFactory.getInstance(ED25519)
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new InvalidValueException(
                    "signed-by",
                    base64,
                    "it is no public key of Ed25519; openssl pkey -pubout prints it between two lines");
        }
    }

    /** Signs; the key never comes out in what is thrown. */
    static byte[] sign(SecretRef name, Secret secret, byte[] text) {
        try {
            String base64 = secret.reveal()
                    .replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "")
                    .replaceAll("\\s", "");
            PrivateKey key = KeyFactory.getInstance(ED25519)
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
            Signature signature = Signature.getInstance(ED25519);
            signature.initSign(key);
            signature.update(text);
            return signature.sign();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // Without what led to it, which may show what it could not read.
            throw new RefusedException("The secret " + name + " is no private key of Ed25519, as"
                    + " `openssl genpkey -algorithm ed25519` makes one.");
        }
    }

    /** Whether one of the keys has signed a text. */
    static boolean valid(Iterable<String> keys, byte[] text, byte[] signed) {
        for (String each : keys) {
            try {
                Signature signature = Signature.getInstance(ED25519);
                signature.initVerify(key(each));
                signature.update(text);
                if (signed.length == LENGTH && signature.verify(signed)) {
                    return true;
                }
            } catch (GeneralSecurityException e) {
                // What is no signature at all is not valid.
            }
        }
        return false;
    }
}
