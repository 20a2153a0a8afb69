// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.resources.Resource;
import java.util.List;
import java.util.function.Supplier;

/** Finds the entities of a resource, if the SDK has entities. Thread-safe. */
interface ResourceEntities {

  /** The implementation for the SDK on the class path, found once. */
  ResourceEntities OF_SDK = load(SdkEntities::new);

  /** Returns references to the resource's entities; they are in the order of the SDK. */
  List<EntityRef> of(Resource resource);

  /**
   * Returns the given implementation. If it does not work, because the SDK is older than entities,
   * has moved them, or is a module that does not open them, returns one that finds no entities.
   */
  static ResourceEntities load(Supplier<ResourceEntities> wanted) {
    try {
      ResourceEntities entities = wanted.get();
      List<EntityRef> unused = entities.of(Resource.empty());
      return entities;
    } catch (LinkageError | RuntimeException e) {
      // The SDK's own exporters of that age write no entities either.
      return resource -> List.of();
    }
  }
}
