// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.userevents.exporter.internal.otlp.TestMetrics.ATTRIBUTES;
import static io.userevents.exporter.internal.otlp.TestMetrics.SCOPE;
import static io.userevents.exporter.internal.otlp.TestMetrics.longGauge;
import static io.userevents.exporter.internal.otlp.TestMetrics.longPoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.proto.common.v1.EntityRef;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.resources.internal.Entity;
import io.opentelemetry.sdk.resources.internal.EntityUtil;
import io.userevents.exporter.internal.otlp.EnvelopeReduction.Cut;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Entities of resources, which the SDK's own marshaler writes. */
class ResourceEntitiesTest {

  private static final Entity SERVICE =
      Entity.builder("service", Attributes.builder().put("service.instance.id", "17").build())
          .setSchemaUrl("https://opentelemetry.io/schemas/1.37.0")
          .setDescription(
              Attributes.builder()
                  .put("service.name", "orders")
                  .put("service.team", "core")
                  .build())
          .build();
  private static final Entity PROCESS =
      Entity.builder("process", Attributes.builder().put("process.pid", 4711).build())
          .setDescription(Attributes.builder().put("process.command_line", "java -jar").build())
          .build();
  private static final Resource RESOURCE = EntityUtil.createResource(List.of(SERVICE, PROCESS));

  @Test
  void shouldWriteThemLikeTheSdk() {
    MetricData metric = metric(RESOURCE);

    assertThat(CollectedRecords.encodeToOne(metric)).isEqualTo(SdkMarshaler.marshal(metric));
    assertThat(SdkMarshaler.request(metric).getResourceMetrics(0).getResource().getEntityRefsList())
        .hasSize(2);
  }

  @Test
  void shouldNotReferToAttributesThatAreExcluded() throws Exception {
    assertThat(refs(NamePatterns.of(List.of("process.command_line", "service.team"))))
        .extracting(EntityRef::getType, ref -> List.copyOf(ref.getDescriptionKeysList()))
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("service", List.of("service.name")),
            org.assertj.core.groups.Tuple.tuple("process", List.of()));
  }

  @Test
  void shouldLeaveOutEntityWhoseIdentityIsExcluded() throws Exception {
    assertThat(refs(NamePatterns.of(List.of("process.*"))))
        .extracting(EntityRef::getType)
        .containsExactly("service");
  }

  @Test
  void shouldLeaveOutEntityWhoseIdentityIsLeftOutForItsLength() throws Exception {
    Entity blob =
        Entity.builder("blob", Attributes.builder().put("blob.key", "x").build())
            .setDescription(
                Attributes.of(
                    io.opentelemetry.api.common.AttributeKey.valueKey("blob.bytes"),
                    io.opentelemetry.api.common.Value.of(new byte[5000])))
            .build();
    MetricData metric = metric(EntityUtil.createResource(List.of(SERVICE, blob)));

    CollectedRecords records = CollectedRecords.encode(4048, Integer.MAX_VALUE, List.of(metric));

    assertThat(records.decoded().get(0).getResourceMetrics(0).getResource().getEntityRefsList())
        .filteredOn(ref -> ref.getType().equals("blob"))
        .singleElement()
        .satisfies(ref -> assertThat(ref.getDescriptionKeysList()).isEmpty());
    assertThat(records.envelopes.get(0).cuts())
        .extracting(Cut::field)
        .containsExactly("blob.bytes");
  }

  @Test
  void shouldLeaveOutReferencesOfMoreThanAQuarter() throws Exception {
    List<Entity> many = new ArrayList<>(List.of(SERVICE));
    for (int i = 0; i < 30; i++) {
      many.add(
          Entity.builder("t" + i + "x".repeat(50), Attributes.builder().put("k" + i, i).build())
              .build());
    }
    MetricData metric = metric(EntityUtil.createResource(many));

    CollectedRecords records = CollectedRecords.encode(4048, Integer.MAX_VALUE, List.of(metric));

    assertThat(records.decoded().get(0).getResourceMetrics(0).getResource().getEntityRefsList())
        .isEmpty();
    assertThat(records.envelopes.get(0).cuts())
        .extracting(Cut::field)
        .containsExactly("entity_refs");
  }

  @Test
  void shouldKnowOfNoneIfTheSdkHasNone() {
    ResourceEntities absent =
        ResourceEntities.load(
            () -> {
              throw new NoClassDefFoundError("io/opentelemetry/sdk/resources/internal/EntityUtil");
            });
    ResourceEntities moved =
        ResourceEntities.load(
            () ->
                resource -> {
                  throw new NoSuchMethodError("getEntities");
                });
    ResourceEntities closed =
        ResourceEntities.load(
            () ->
                resource -> {
                  throw new IllegalStateException("Error calling getEntities on Resource");
                });

    for (ResourceEntities entities : List.of(absent, moved, closed)) {
      assertThat(entities.of(RESOURCE)).isEmpty();
      ResourceContent content = new ResourceContent(NamePatterns.NONE, entities).take(RESOURCE);
      assertThat(EnvelopeContent.length(content, new ProtoWriter(0))).isPositive();
    }
    assertThat(ResourceEntities.OF_SDK.of(RESOURCE)).hasSize(2);
  }

  private static List<EntityRef> refs(NamePatterns excluded) throws Exception {
    CollectedRecords records = new CollectedRecords();
    new RecordEncoder(new EncoderLimits(4048, 8168, Integer.MAX_VALUE), excluded, 1 << 16)
        .encode(List.of(metric(RESOURCE)), records);
    return records.decoded().get(0).getResourceMetrics(0).getResource().getEntityRefsList();
  }

  private static MetricData metric(Resource resource) {
    return longGauge(resource, SCOPE, "a", "", longPoint(1, ATTRIBUTES));
  }
}
