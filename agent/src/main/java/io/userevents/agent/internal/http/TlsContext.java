// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import io.userevents.agent.internal.http.EndpointSettings.FileSetting;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Creates the TLS context from the files in the settings, as they are at this moment. */
final class TlsContext {

  private static final char[] NO_PASSWORD = {};

  private TlsContext() {}

  /** Returns a new context, or null if the JVM's context is used. */
  static @Nullable SSLContext create(EndpointSettings settings) throws EndpointException {
    FileSetting certificate = settings.certificate();
    FileSetting clientCertificate = settings.clientCertificate();
    FileSetting clientKey = settings.clientKey();
    if (certificate == null && clientCertificate == null) {
      return null;
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          clientCertificate == null || clientKey == null
              ? null
              : keyManagers(clientCertificate, clientKey),
          certificate == null ? null : trustManagers(certificate),
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new EndpointException(
          "TLS cannot be set up: certificate="
              + certificate
              + " clientCertificate="
              + clientCertificate
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static TrustManager[] trustManagers(FileSetting file)
      throws EndpointException, GeneralSecurityException {
    KeyStore store = emptyStore();
    int number = 0;
    for (X509Certificate certificate : PemFile.readCertificates(file)) {
      store.setCertificateEntry("certificate-" + number++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyManager[] keyManagers(FileSetting certificateFile, FileSetting keyFile)
      throws EndpointException, GeneralSecurityException {
    List<X509Certificate> chain = PemFile.readCertificates(certificateFile);
    PrivateKey key = PemFile.readKey(keyFile);
    if (!isPair(key, chain.get(0).getPublicKey())) {
      throw new EndpointException(
          "The key does not belong to the certificate: "
              + keyFile
              + " "
              + certificateFile
              + "; the client's own certificate must be the first of its file");
    }
    KeyStore store = emptyStore();
    store.setKeyEntry("client", key, NO_PASSWORD, chain.toArray(new X509Certificate[0]));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  /**
   * Checks that key and certificate match. A wrong pair is reported at the start, when an operator
   * looks, and not later as a TLS failure.
   */
  private static boolean isPair(PrivateKey key, PublicKey publicKey) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    if (algorithm.equals("RSASSA-PSS")) {
      // The signatures of this algorithm need parameters that the key does not always name.
      return publicKey.getAlgorithm().startsWith("RSA");
    }
    byte[] message = {1, 2, 3};
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(message);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(message);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static KeyStore emptyStore() throws EndpointException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, NO_PASSWORD);
    } catch (IOException e) {
      throw new EndpointException("The JVM cannot create an empty key store: " + e.getMessage(), e);
    }
    return store;
  }
}
