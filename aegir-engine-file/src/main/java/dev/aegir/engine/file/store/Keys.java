// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.host.Secret;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Settings;
import dev.aegir.task.StepContext;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Who has made an index: signatures of Ed25519 (RFC 8032), with keys as openssl writes them (RFC 8410).
 *
 * @param signing the secret that new ones are signed with
 * @param signers the public keys of which one must have signed an index before it is used; none when that is not asked for
 */
record Keys(Optional<SecretRef> signing, List<String> signers) {
    /** Nobody in particular. */
    static final Keys NONE = new Keys(Optional.empty(), List.of());

    private static final String ED25519 = "Ed25519";
    private static final String ABOUT = "aegir-files index\n";
    private static final int MOST = 20;

    Keys {
        signers = List.copyOf(signers);
        signers.forEach(Keys::key);
        if (signers.size() > MOST) {
            throw new InvalidValueException("signed-by", String.join(" ", signers), "at most " + MOST + " keys");
        }
    }

    static Keys of(Settings settings) {
        return new Keys(
                settings.secret("signing-key"),
                Stream.of(settings.text("signed-by").orElse("").split("[, ]+"))
                        .filter(word -> !word.isEmpty())
                        .sorted()
                        .distinct()
                        .toList());
    }

    /** Signs the end of an index, as which it is all of it; absent when none is signed. */
    Optional<UnaryOperator<String>> signer(StepContext context) {
        return signing.map(name -> {
            Secret secret = context.secret(name);
            return end -> sign(name, secret, end);
        });
    }

    /** The key never comes out in what is thrown. */
    private static String sign(SecretRef name, Secret secret, String end) {
        try {
            String base64 = secret.reveal()
                    .replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "")
                    .replaceAll("\\s", "");
            Signature signature = Signature.getInstance(ED25519);
            signature.initSign(KeyFactory.getInstance(ED25519)
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64))));
            signature.update((ABOUT + end).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // Without what led to it, which may show what it could not read.
            throw new RefusedException("The secret " + name + " is no private key of Ed25519, as"
                    + " `openssl genpkey -algorithm ed25519` makes one.");
        }
    }

    /** Whether whoever must have signed it has done so. */
    boolean accepts(String end, String signed) {
        return signers.isEmpty() || signers.stream().anyMatch(key -> valid(key, end, signed));
    }

    private static boolean valid(String key, String end, String signed) {
        try {
            Signature signature = Signature.getInstance(ED25519);
            signature.initVerify(key(key));
            signature.update((ABOUT + end).getBytes(StandardCharsets.US_ASCII));
            return signature.verify(Base64.getDecoder().decode(signed));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // What is no signature at all is not valid.
            return false;
        }
    }

    private static PublicKey key(String base64) {
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
}
