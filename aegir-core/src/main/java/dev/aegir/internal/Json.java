// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.StdTypeResolverBuilder;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.aegir.model.AegirException;
import dev.aegir.model.DomainName;
import dev.aegir.model.HostKey;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.model.ServiceRef;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How records are stored: components by name, values of the model as the text people write, members of sealed interfaces
 * with their simple name as {@code "@kind"}. What is unknown is ignored, so that older programs read what newer ones wrote.
 */
public final class Json {
    private static final ObjectMapper MAPPER = mapper();

    private Json() {}

    /**
     * Writes a value; the same value always gives the same text.
     *
     * @param value a record, a value of the model, or a collection of these
     * @return one line of JSON
     */
    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    value.getClass().getName() + " cannot be stored as JSON; use records of model values, text, numbers"
                            + " and collections: " + e.getOriginalMessage(),
                    e);
        }
    }

    /**
     * Reads a value.
     *
     * @param <T> its type
     * @param json what {@link #write} wrote
     * @param type its class
     * @return the value
     */
    public static <T> T read(String json, Class<T> type) {
        try {
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new IllegalArgumentException("What is stored is no " + type.getName() + " but nothing");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "What is stored is no " + type.getName() + ": " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Changes the texts in a stored value; its structure, its names and its numbers stay.
     *
     * @param json what {@link #write} wrote
     * @param change what to make of a text
     * @return the changed JSON
     */
    static String withTexts(String json, UnaryOperator<String> change) {
        try {
            return MAPPER.writeValueAsString(withTexts(MAPPER.readTree(json), change));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("What is stored is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static JsonNode withTexts(JsonNode node, UnaryOperator<String> change) {
        if (node.isTextual()) {
            return TextNode.valueOf(change.apply(node.textValue()));
        }
        if (node instanceof ObjectNode object) {
            object.properties().forEach(field -> field.setValue(withTexts(field.getValue(), change)));
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, withTexts(array.get(i), change));
            }
        }
        return node;
    }

    private static ObjectMapper mapper() {
        SimpleModule values = new SimpleModule("aegir");
        text(values, Id.class, Id::of);
        text(values, Name.class, Name::of);
        text(values, DomainName.class, DomainName::of);
        text(values, HostPath.class, HostPath::of);
        text(values, SecretRef.class, SecretRef::of);
        text(values, HostKey.class, HostKey::of);
        text(values, ServiceRef.class, ServiceRef::of);
        text(values, Instant.class, Instant::parse);
        text(values, Duration.class, Duration::parse);
        values.addSerializer(new OptionalWriter());
        values.addSerializer(new SetWriter());
        values.addDeserializer(Optional.class, new OptionalReader(null));
        return JsonMapper.builder()
                .addModule(values)
                .annotationIntrospector(new SealedTypes())
                .visibility(PropertyAccessor.GETTER, Visibility.NONE)
                .visibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
                .visibility(PropertyAccessor.SETTER, Visibility.NONE)
                .visibility(PropertyAccessor.FIELD, Visibility.ANY)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .build();
    }

    private static <T> void text(SimpleModule module, Class<T> type, Function<String, T> read) {
        module.addSerializer(type, new JsonSerializer<T>() {
            @Override
            public void serialize(T value, JsonGenerator out, SerializerProvider provider) throws IOException {
                out.writeString(value.toString());
            }
        });
        module.addKeySerializer(type, new JsonSerializer<T>() {
            @Override
            public void serialize(T value, JsonGenerator out, SerializerProvider provider) throws IOException {
                out.writeFieldName(value.toString());
            }
        });
        module.addDeserializer(type, new JsonDeserializer<T>() {
            @Override
            public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
                try {
                    return read.apply(in.getText());
                } catch (AegirException | DateTimeException e) {
                    throw JsonMappingException.from(in, e.getMessage(), e);
                }
            }
        });
        module.addKeyDeserializer(type, new KeyDeserializer() {
            @Override
            public Object deserializeKey(String key, DeserializationContext context) {
                return read.apply(key);
            }
        });
    }

    /** An optional value is the value, or null. */
    private static final class OptionalWriter extends JsonSerializer<Optional<?>> {
        @Override
        public void serialize(Optional<?> value, JsonGenerator out, SerializerProvider provider) throws IOException {
            if (value.isPresent()) {
                provider.defaultSerializeValue(value.get(), out);
            } else {
                out.writeNull();
            }
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"}) // A class literal cannot name the wildcard type.
        public Class<Optional<?>> handledType() {
            return (Class) Optional.class;
        }
    }

    /** Equal sets are written alike, whatever order they happen to have. */
    private static final class SetWriter extends JsonSerializer<Set<?>> {
        @Override
        public void serialize(Set<?> value, JsonGenerator out, SerializerProvider provider) throws IOException {
            SortedMap<String, TokenBuffer> inOrder = new TreeMap<>();
            for (Object element : value) {
                TokenBuffer written = new TokenBuffer(out.getCodec(), false);
                provider.defaultSerializeValue(element, written);
                inOrder.put(MAPPER.writeValueAsString(written), written);
            }
            out.writeStartArray();
            for (TokenBuffer written : inOrder.values()) {
                written.serialize(out);
            }
            out.writeEndArray();
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"}) // A class literal cannot name the wildcard type.
        public Class<Set<?>> handledType() {
            return (Class) Set.class;
        }
    }

    private static final class OptionalReader extends JsonDeserializer<Optional<?>> implements ContextualDeserializer {
        private final @Nullable JavaType content;

        OptionalReader(@Nullable JavaType content) {
            this.content = content;
        }

        @Override
        public JsonDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
            JavaType type = context.getContextualType() != null
                    ? context.getContextualType()
                    : property == null ? null : property.getType();
            return new OptionalReader(type == null ? null : type.containedTypeOrUnknown(0));
        }

        @Override
        public Optional<?> deserialize(JsonParser in, DeserializationContext context) throws IOException {
            JavaType type = content == null ? context.constructType(Object.class) : content;
            return Optional.ofNullable(context.readValue(in, type));
        }

        @Override
        public Optional<?> getNullValue(DeserializationContext context) {
            return Optional.empty();
        }

        @Override
        public Optional<?> getAbsentValue(DeserializationContext context) {
            return Optional.empty();
        }
    }

    /** Members of a sealed interface say which they are. */
    private static final class SealedTypes extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public @Nullable TypeResolverBuilder<?> findTypeResolver(
                MapperConfig<?> config, AnnotatedClass type, JavaType base) {
            if (sealed(type.getRawType()).isEmpty()) {
                return super.findTypeResolver(config, type, base);
            }
            return new StdTypeResolverBuilder()
                    .init(JsonTypeInfo.Id.NAME, null)
                    .inclusion(JsonTypeInfo.As.PROPERTY)
                    .typeProperty("@kind");
        }

        @Override
        public @Nullable List<NamedType> findSubtypes(Annotated type) {
            return sealed(type.getRawType())
                    .map(parent -> Stream.of(parent.getPermittedSubclasses())
                            .map(member -> new NamedType(member, member.getSimpleName()))
                            .toList())
                    .orElseGet(() -> super.findSubtypes(type));
        }

        private static Optional<Class<?>> sealed(Class<?> type) {
            if (type.isInterface() && type.isSealed()) {
                return Optional.of(type);
            }
            return type.isRecord()
                    ? Stream.<Class<?>>of(type.getInterfaces())
                            .filter(Class::isSealed)
                            .findFirst()
                    : Optional.empty();
        }
    }
}
