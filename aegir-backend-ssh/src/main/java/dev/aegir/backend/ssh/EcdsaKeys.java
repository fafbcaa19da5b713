// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyFactorySpi;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.util.List;
import java.util.Map;

/**
 * sshj asks for key factories of "ECDSA", which is what BouncyCastle calls the ones that the JDK calls "EC". Where nobody
 * answers to that name, this does, with the JDK's. Without it neither ecdsa host keys nor ecdsa keys of ours can be read.
 */
final class EcdsaKeys extends Provider {
    private static final long serialVersionUID = 1L;
    private static final String NAME = "ECDSA";

    private EcdsaKeys() {
        super("AegirSsh", "1", "Key factories of the JDK under the name that sshj asks for");
        putService(new Service(this, "KeyFactory", NAME, Delegate.class.getName(), List.of(), Map.of()) {
            @Override
            public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
                return new Delegate(KeyFactory.getInstance("EC"));
            }
        });
    }

    /** Answers to that name from now on, as the last to be asked. Doing it again changes nothing. */
    static void provide() {
        Security.addProvider(new EcdsaKeys());
    }

    private static final class Delegate extends KeyFactorySpi {
        private final KeyFactory keys;

        Delegate(KeyFactory keys) {
            this.keys = keys;
        }

        @Override
        protected PublicKey engineGeneratePublic(KeySpec spec) throws InvalidKeySpecException {
            return keys.generatePublic(spec);
        }

        @Override
        protected PrivateKey engineGeneratePrivate(KeySpec spec) throws InvalidKeySpecException {
            return keys.generatePrivate(spec);
        }

        @Override
        protected <T extends KeySpec> T engineGetKeySpec(Key key, Class<T> type) throws InvalidKeySpecException {
            return keys.getKeySpec(key, type);
        }

        @Override
        protected Key engineTranslateKey(Key key) throws InvalidKeyException {
            return keys.translateKey(key);
        }
    }
}
