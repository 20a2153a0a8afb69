// SPDX-License-Identifier: Apache-2.0
package io.userevents.compatibility;

import java.io.DataInputStream;
import java.io.IOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * The fields and methods of other classes that compiled classes refer to, as their constant pools
 * have them (JVMS 4.4), and whether a class loader has them.
 *
 * @param owner name of the class, as in source
 * @param descriptor of the JVM
 */
record MemberReferences(String owner, String name, String descriptor)
    implements Comparable<MemberReferences> {

  private static final int UTF8 = 1;
  private static final int CLASS = 7;
  private static final int FIELD = 9;
  private static final int METHOD = 10;
  private static final int INTERFACE_METHOD = 11;
  private static final int NAME_AND_TYPE = 12;

  /** Returns those in all classes of an archive to classes whose names are accepted. */
  static Set<MemberReferences> in(Path archive, Predicate<String> owners) throws IOException {
    Set<MemberReferences> references = new TreeSet<>();
    try (JarFile jar = new JarFile(archive.toFile())) {
      for (JarEntry entry : Collections.list(jar.entries())) {
        if (entry.getName().endsWith(".class") && !entry.getName().endsWith("module-info.class")) {
          try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
            read(in, owners, references);
          }
        }
      }
    }
    return references;
  }

  private static void read(
      DataInputStream in, Predicate<String> owners, Set<MemberReferences> references)
      throws IOException {
    in.skipNBytes(8);
    Object[] pool = new Object[in.readUnsignedShort()];
    for (int i = 1; i < pool.length; i++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case UTF8 -> pool[i] = in.readUTF();
        case 3, 4, 17, 18 -> in.skipNBytes(4);
        case 5, 6 -> {
          in.skipNBytes(8);
          i++;
        }
        case FIELD, METHOD, INTERFACE_METHOD, NAME_AND_TYPE ->
            pool[i] = new int[] {tag, in.readUnsignedShort(), in.readUnsignedShort()};
        case CLASS, 8, 16, 19, 20 -> pool[i] = new int[] {tag, in.readUnsignedShort()};
        case 15 -> in.skipNBytes(3);
        default -> throw new IOException("unknown tag of a constant: tag=" + tag);
      }
    }
    for (Object entry : pool) {
      if (entry instanceof int[] reference
          && (reference[0] == FIELD
              || reference[0] == METHOD
              || reference[0] == INTERFACE_METHOD)) {
        String owner = text(pool, ((int[]) pool[reference[1]])[1]).replace('/', '.');
        int[] nameAndType = (int[]) pool[reference[2]];
        if (owners.test(owner)) {
          references.add(
              new MemberReferences(owner, text(pool, nameAndType[1]), text(pool, nameAndType[2])));
        }
      }
    }
  }

  private static String text(Object[] pool, int index) {
    return (String) pool[index];
  }

  /** Whether the class, or one that it extends, has the member with exactly this descriptor. */
  boolean isIn(ClassLoader loader) {
    try {
      return isIn(Class.forName(owner, false, loader), loader);
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private boolean isIn(@Nullable Class<?> type, ClassLoader loader) throws ClassNotFoundException {
    if (type == null) {
      return false;
    }
    if (declares(type) || isIn(type.getSuperclass(), loader)) {
      return true;
    }
    for (Class<?> parent : type.getInterfaces()) {
      if (isIn(parent, loader)) {
        return true;
      }
    }
    return type.isInterface() && declares(Object.class);
  }

  private boolean declares(Class<?> type) {
    if (!descriptor.startsWith("(")) {
      return Arrays.stream(type.getDeclaredFields())
          .filter(field -> field.getName().equals(name))
          .map(Field::getType)
          .anyMatch(found -> found.descriptorString().equals(descriptor));
    }
    if (name.equals("<init>")) {
      return Arrays.stream(type.getDeclaredConstructors())
          .anyMatch(
              found ->
                  MethodType.methodType(void.class, found.getParameterTypes())
                      .toMethodDescriptorString()
                      .equals(descriptor));
    }
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> method.getName().equals(name))
        .anyMatch(method -> descriptorOf(method).equals(descriptor));
  }

  private static String descriptorOf(Method method) {
    return MethodType.methodType(method.getReturnType(), method.getParameterTypes())
        .toMethodDescriptorString();
  }

  @Override
  public int compareTo(MemberReferences other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return owner + "." + name + descriptor;
  }
}
