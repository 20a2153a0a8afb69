// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.resources.Resource;
import io.userevents.exporter.internal.otlp.EnvelopeReduction.Cut;
import io.userevents.exporter.internal.otlp.EnvelopeReduction.Part;
import io.userevents.exporter.internal.otlp.OtlpFields.ResourceMetrics;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of ResourceMetrics besides its scopes: a resource without the excluded attributes, and
 * its schema URL. The object is reused and is not thread-safe.
 *
 * <p>To keep a budget, the command line is reduced first. Then a schema URL and references to
 * entities that take more than a quarter of the budget are left out. Then the other attributes are
 * reduced. A reference is left out together with an attribute that identifies its entity.
 */
final class ResourceContent implements EnvelopeContent {

  static final String SCHEMA_URL = "schema_url";
  private static final String ENTITY_REFS = "entity_refs";
  private static final String SERVICE_NAME = "service.name";

  /** The share of the budget above which a field is left out. */
  private static final int LONG_SHARE = 4;

  /** The most bytes by which the header of a resource grows with its attributes. */
  static final int HEADER_GROWTH = 2;

  private final NamePatterns excluded;
  private final ResourceEntities sdkEntities;
  private final AttributeList attributes = new AttributeList();
  private final List<EntityRef> entities = new ArrayList<>();
  private @Nullable String schemaUrl;

  ResourceContent(NamePatterns excluded) {
    this(excluded, ResourceEntities.OF_SDK);
  }

  ResourceContent(NamePatterns excluded, ResourceEntities sdkEntities) {
    this.excluded = excluded;
    this.sdkEntities = sdkEntities;
  }

  ResourceContent take(Resource resource) {
    clear();
    schemaUrl = resource.getSchemaUrl();
    entities.addAll(sdkEntities.of(resource));
    attributes.addAll(resource.getAttributes());
    int all = attributes.size();
    attributes.removeAll(excluded);
    if (attributes.size() < all) {
      dropRefsOfMissingAttributes();
    }
    return this;
  }

  @Override
  public void clear() {
    attributes.clear();
    entities.clear();
    schemaUrl = null;
  }

  @Override
  public void writeSuffix(ProtoWriter writer) {
    writer.stringFieldUnlessEmpty(ResourceMetrics.SCHEMA_URL, schemaUrl);
  }

  @Override
  public void writePrefix(ProtoWriter writer) {
    int end = writer.length();
    writeEntities(writer);
    attributes.writeTo(writer, OtlpFields.Resource.ATTRIBUTES);
    writer.messageHeader(ResourceMetrics.RESOURCE, end);
  }

  private void writeEntities(ProtoWriter writer) {
    for (int i = entities.size() - 1; i >= 0; i--) {
      entities.get(i).writeTo(writer, OtlpFields.Resource.ENTITY_REFS);
    }
  }

  @Override
  public EnvelopeReduction reduceTo(int budget) {
    String serviceName = serviceName();
    List<Cut> cuts = new ArrayList<>();
    ProtoWriter measure = new ProtoWriter(0);
    writeSuffix(measure);
    int schemaUrlLength = measure.length();
    int available = budget - ProtoFields.framedLength(0) - HEADER_GROWTH;
    boolean fits =
        AttributeReducer.reduceCommandLine(
            attributes, available - schemaUrlLength - entitiesLength(measure), cuts);
    dropRefsOfMissingAttributes();
    if (!fits) {
      reduceOthers(budget, available, schemaUrlLength, entitiesLength(measure), cuts);
    }
    return new EnvelopeReduction(Part.RESOURCE, serviceName, budget, cuts);
  }

  private int entitiesLength(ProtoWriter measure) {
    measure.reset();
    writeEntities(measure);
    return measure.length();
  }

  private void reduceOthers(
      int budget, int available, int schemaUrlLength, int entitiesLength, List<Cut> cuts) {
    int room = available - schemaUrlLength - entitiesLength;
    if (entitiesLength > budget / LONG_SHARE) {
      entities.clear();
      cuts.add(new Cut(ENTITY_REFS, entitiesLength, 0));
      room += entitiesLength;
    }
    if (schemaUrlLength > budget / LONG_SHARE) {
      schemaUrl = null;
      cuts.add(new Cut(SCHEMA_URL, schemaUrlLength, 0));
      room += schemaUrlLength;
    }
    AttributeReducer.reduce(attributes, room, cuts);
    dropRefsOfMissingAttributes();
  }

  private String serviceName() {
    for (int i = 0; i < attributes.size(); i++) {
      if (attributes.key(i).getKey().equals(SERVICE_NAME)
          && attributes.value(i) instanceof String text) {
        return text;
      }
    }
    return "";
  }

  private void dropRefsOfMissingAttributes() {
    List<EntityRef> all = List.copyOf(entities);
    entities.clear();
    for (EntityRef entity : all) {
      EntityRef reduced = entity.reducedTo(attributes);
      if (reduced != null) {
        entities.add(reduced);
      }
    }
  }
}
