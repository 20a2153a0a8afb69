// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import io.userevents.agent.internal.http.EndpointSettings.FileSetting;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads certificates and private keys in PEM (RFC 7468). Keys must be in PKCS#8, the only format
 * that the JDK can read. For older formats, the message has the command that converts the key.
 */
final class PemFile {

  private static final int MAX_BYTES = 1 << 20;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----([^-]*)-----END \\1-----");

  /**
   * The algorithms of keys in TLS. The encoded key names its algorithm, which must be one of these.
   */
  private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  private static final List<String> OLDER_KEYS =
      List.of("RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY");

  private record Block(String label, String base64) {}

  private PemFile() {}

  /** Reads all certificates of a file, one or more, in their order. */
  static List<X509Certificate> readCertificates(FileSetting file) throws EndpointException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : readBlocks(file)) {
      if (block.label.equals("CERTIFICATE")) {
        certificates.add(certificate(file, block));
      }
    }
    if (certificates.isEmpty()) {
      throw new EndpointException(
          file + " has no certificate; it must be a PEM file with BEGIN CERTIFICATE");
    }
    return certificates;
  }

  /** Reads the first private key of a file. */
  static PrivateKey readKey(FileSetting file) throws EndpointException {
    for (Block block : readBlocks(file)) {
      if (block.label.equals("PRIVATE KEY")) {
        return key(file, block);
      }
      if (OLDER_KEYS.contains(block.label)) {
        throw new EndpointException(
            file
                + " has a key with BEGIN "
                + block.label
                + ", but must have one with BEGIN PRIVATE KEY (PKCS#8, not encrypted); convert it"
                + " with: openssl pkcs8 -topk8 -nocrypt -in "
                + file.path()
                + " -out key-pkcs8.pem");
      }
    }
    throw new EndpointException(
        file + " has no private key; it must be a PEM file with BEGIN PRIVATE KEY");
  }

  private static X509Certificate certificate(FileSetting file, Block block)
      throws EndpointException {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      return (X509Certificate)
          factory.generateCertificate(new ByteArrayInputStream(decode(file, block)));
    } catch (CertificateException e) {
      throw new EndpointException(
          file + " has a certificate that cannot be read: " + e.getMessage(), e);
    }
  }

  private static PrivateKey key(FileSetting file, Block block) throws EndpointException {
    PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(decode(file, block));
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (GeneralSecurityException e) {
        // The key may belong to the next algorithm. The exception is not passed on, because it may
        // show parts of the key.
      }
    }
    throw new EndpointException(
        file + " has a private key that cannot be read; it must be one of " + KEY_ALGORITHMS);
  }

  private static byte[] decode(FileSetting file, Block block) throws EndpointException {
    try {
      return Base64.getMimeDecoder().decode(block.base64);
    } catch (IllegalArgumentException e) {
      throw new EndpointException(file + " has a block that is not base64: " + block.label);
    }
  }

  private static List<Block> readBlocks(FileSetting file) throws EndpointException {
    Matcher matcher = BLOCK.matcher(read(file));
    List<Block> blocks = new ArrayList<>();
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
    return blocks;
  }

  private static String read(FileSetting file) throws EndpointException {
    try (InputStream in = Files.newInputStream(file.path())) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new EndpointException(file + " is longer than " + MAX_BYTES + " bytes");
      }
      return new String(bytes, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new EndpointException(file + " does not exist", e);
    } catch (AccessDeniedException e) {
      throw new EndpointException(
          file
              + " cannot be read by user "
              + System.getProperty("user.name")
              + "; let this user read the file",
          e);
    } catch (EndpointException e) {
      throw e;
    } catch (IOException e) {
      throw new EndpointException(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
