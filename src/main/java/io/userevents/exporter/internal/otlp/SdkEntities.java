// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.resources.internal.Entity;
import io.opentelemetry.sdk.resources.internal.EntityUtil;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Reads the entities of a resource by an interface that is internal to the SDK. Only this class
 * refers to that interface, and {@link ResourceEntities} loads it where the interface exists.
 */
final class SdkEntities implements ResourceEntities {

  @Override
  public List<EntityRef> of(Resource resource) {
    Collection<Entity> entities = EntityUtil.getEntities(resource);
    List<EntityRef> refs = new ArrayList<>(entities.size());
    for (Entity entity : entities) {
      refs.add(
          new EntityRef(
              entity.getSchemaUrl(),
              entity.getType(),
              names(entity.getId()),
              names(entity.getDescription())));
    }
    return refs;
  }

  private static List<String> names(Attributes attributes) {
    return attributes.asMap().keySet().stream().map(AttributeKey::getKey).toList();
  }
}
