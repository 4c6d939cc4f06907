package dev.telecom.fraud.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.telecom.fraud.alert.RuleName;
import dev.telecom.fraud.control.RefusedDocumentException.Reason;
import dev.telecom.fraud.rules.RuleParameters;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/** The rules this job knows, with defaults and ranges as generated from {@code contracts/fraud_rules}. */
public final class RuleCatalog {
    private static final Set<String> DOCUMENT_FIELDS = Set.of("rule", "version", "enabled", "parameters");
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Map<RuleName, ParameterSchema> schemas = new EnumMap<>(RuleName.class);
    private final Map<RuleName, RuleDocument> builtIn = new EnumMap<>(RuleName.class);

    /** Reads the resources of this jar. */
    public RuleCatalog() {
        JsonNode schemasByRule = resource("/rule_parameters.schema.json");
        for (Map.Entry<String, JsonNode> entry : schemasByRule.properties()) {
            schemas.put(RuleName.ofWireName(entry.getKey()), new ParameterSchema(entry.getValue()));
        }
        for (JsonNode node : resource("/built_in_rules.json")) {
            RuleDocument document = builtIn(node);
            builtIn.put(RuleName.ofWireName(document.rule), document);
        }
    }

    /** The document in force for a rule until another one replaces it. */
    public RuleDocument builtIn(RuleName rule) {
        return builtIn.get(rule);
    }

    /** A document as it travels on the control topic. */
    public RuleDocument parse(byte[] json) throws RefusedDocumentException {
        if (json == null) {
            throw new RefusedDocumentException(Reason.UNPARSABLE, "a tombstone does not switch a rule off or back");
        }
        JsonNode node;
        try {
            node = MAPPER.readTree(json);
        } catch (IOException malformed) {
            throw new RefusedDocumentException(Reason.UNPARSABLE, "not JSON");
        }
        if (!(node instanceof ObjectNode)) {
            throw new RefusedDocumentException(Reason.UNPARSABLE, "not a JSON object");
        }
        return read(node);
    }

    /** The typed parameters of a checked document. */
    public static <P extends RuleParameters> P parameters(RuleDocument document, Class<P> type) {
        try {
            return MAPPER.readValue(document.parameters.getBytes(StandardCharsets.UTF_8), type);
        } catch (IOException impossible) {
            throw new UncheckedIOException("parameters of a checked document must fit " + type, impossible);
        }
    }

    private RuleDocument read(JsonNode node) throws RefusedDocumentException {
        RuleName rule = RuleName.ofWireName(node.path("rule").asText());
        if (rule == null) {
            throw new RefusedDocumentException(Reason.UNKNOWN_RULE, "no rule is called " + node.path("rule"));
        }
        refuseUnknownFields(node);
        JsonNode version = node.path("version");
        if (!version.isIntegralNumber() || !version.canConvertToInt() || version.intValue() < 1) {
            throw new RefusedDocumentException(Reason.INVALID, "version must be an integer of at least 1");
        }
        JsonNode enabled = node.path("enabled");
        if (!enabled.isMissingNode() && !enabled.isBoolean()) {
            throw new RefusedDocumentException(Reason.INVALID, "enabled must be true or false");
        }
        JsonNode given = node.path("parameters");
        JsonNode parameters = given instanceof MissingNode ? MAPPER.createObjectNode() : given;
        ObjectNode complete = schemas.get(rule).complete(parameters);
        return new RuleDocument(rule.wireName(), version.intValue(), enabled.asBoolean(true), complete.toString());
    }

    private static void refuseUnknownFields(JsonNode node) throws RefusedDocumentException {
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!DOCUMENT_FIELDS.contains(name)) {
                throw new RefusedDocumentException(Reason.INVALID, "unknown field " + name);
            }
        }
    }

    private RuleDocument builtIn(JsonNode node) {
        try {
            return read(node);
        } catch (RefusedDocumentException broken) {
            throw new IllegalStateException("the built-in rules break their own schema", broken);
        }
    }

    private static JsonNode resource(String path) {
        try (InputStream stream = RuleCatalog.class.getResourceAsStream(path)) {
            return MAPPER.readTree(stream);
        } catch (JsonProcessingException malformed) {
            throw new IllegalStateException(path + " of this jar is not JSON", malformed);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
