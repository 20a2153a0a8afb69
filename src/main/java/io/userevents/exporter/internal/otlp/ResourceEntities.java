// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.resources.Resource;
import java.util.List;
import java.util.function.Supplier;

/** Tells the entities of a resource, if the SDK has any. Thread-safe. */
interface ResourceEntities {

  /** Those of the SDK on the class path, found once. */
  ResourceEntities OF_SDK = load(SdkEntities::new);

  /** Returns references to the resource's entities; they are in the order of the SDK. */
  List<EntityRef> of(Resource resource);

  /**
   * Returns the one that is given, or one that knows of no entities if it does not work: the SDK is
   * older than entities, has moved them, or is a module that does not open them.
   */
  static ResourceEntities load(Supplier<ResourceEntities> wanted) {
    try {
      ResourceEntities entities = wanted.get();
      List<EntityRef> unused = entities.of(Resource.empty());
      return entities;
    } catch (LinkageError | RuntimeException e) {
      // As the SDK's own exporters of that age: they write none either.
      return resource -> List.of();
    }
  }
}
