// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.receiver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Keys and certificates that keytool makes for a test, valid for some days around now. All are in
 * one key store; a name stands for a key and its certificate.
 */
public final class TestCertificates {

  private static final String PASSWORD = "changeit";

  private final Path folder;
  private final Path store;

  private TestCertificates(Path folder) {
    this.folder = folder;
    store = folder.resolve("keys.p12");
  }

  /** Makes an empty store in a folder. */
  public static TestCertificates in(Path folder) {
    return new TestCertificates(folder);
  }

  /** Makes an authority, which signs others. */
  public TestCertificates addAuthority(String name) throws IOException {
    generate(name, "EC", "-ext", "bc:critical=ca:true", "-startdate", "-1d", "-validity", "30");
    return this;
  }

  /**
   * Makes a certificate.
   *
   * @param algorithm of the key: {@code EC}, {@code RSA} or {@code Ed25519}
   * @param signer the name of an authority, or null for a self-signed certificate
   * @param host the name of a host for which it is
   */
  public TestCertificates add(String name, String algorithm, @Nullable String signer, String host)
      throws IOException {
    return add(name, algorithm, signer, host, "-1d", 30);
  }

  /** Makes a certificate that is valid no more. */
  public TestCertificates addExpired(String name, String signer, String host) throws IOException {
    return add(name, "EC", signer, host, "-10d", 5);
  }

  private TestCertificates add(
      String name,
      String algorithm,
      @Nullable String signer,
      String host,
      String start,
      int validityDays)
      throws IOException {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-ext",
                "san=dns:" + host,
                "-startdate",
                start,
                "-validity",
                Integer.toString(validityDays)));
    if (signer != null) {
      options.addAll(List.of("-signer", signer));
    }
    generate(name, algorithm, options.toArray(new String[0]));
    return this;
  }

  private void generate(String name, String algorithm, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-keyalg",
                algorithm,
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
    command.addAll(List.of(options));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    keytool.getOutputStream().close();
    String output = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
    try {
      if (keytool.waitFor() != 0) {
        throw new IOException("keytool failed: " + command + "\n" + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Writes a certificate, without the one of its authority, as PEM. */
  public Path certificate(String name) throws IOException, GeneralSecurityException {
    Certificate certificate = open().getCertificate(name);
    return write(name + "-certificate.pem", "CERTIFICATE", certificate.getEncoded());
  }

  /** Writes a private key as PEM, in PKCS#8. */
  public Path key(String name) throws IOException, GeneralSecurityException {
    Key key = open().getKey(name, PASSWORD.toCharArray());
    return write(name + "-key.pem", "PRIVATE KEY", key.getEncoded());
  }

  /** The context of a server that shows one certificate and trusts clients of an authority. */
  public SSLContext server(String name, @Nullable String trusted)
      throws IOException, GeneralSecurityException {
    KeyStore all = open();
    KeyStore own = empty();
    own.setKeyEntry(
        name,
        all.getKey(name, PASSWORD.toCharArray()),
        PASSWORD.toCharArray(),
        all.getCertificateChain(name));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, PASSWORD.toCharArray());
    KeyStore trust = empty();
    trust.setCertificateEntry("trusted", all.getCertificate(trusted == null ? name : trusted));
    TrustManagerFactory trustManagers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trustManagers.init(trust);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trustManagers.getTrustManagers(), null);
    return context;
  }

  private KeyStore open() throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, PASSWORD.toCharArray());
    return keys;
  }

  private Path write(String file, String label, byte[] bytes) throws IOException {
    Path path = folder.resolve(file);
    Files.writeString(
        path,
        "-----BEGIN "
            + label
            + "-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
            + "\n-----END "
            + label
            + "-----\n");
    return path;
  }
}
