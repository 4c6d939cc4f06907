package dev.telecom.fraud.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Ranges and types of one rule's parameters: the part of JSON Schema that the generated schema uses (closed object,
 * integer, number, boolean, array of patterned strings). A keyword that it does not know is an error, not a gap.
 */
final class ParameterSchema {
    private final JsonNode properties;

    ParameterSchema(JsonNode schema) {
        this.properties = schema.required("properties");
    }

    /** The parameters, with defaults for those left out; throws with the name of the first bad one. */
    ObjectNode complete(JsonNode given) throws RefusedDocumentException {
        if (!given.isObject()) {
            throw invalid("parameters must be an object");
        }
        for (Iterator<String> names = given.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!properties.has(name)) {
                throw invalid("unknown parameter " + name);
            }
        }
        ObjectNode complete = ((ObjectNode) given).objectNode();
        for (Map.Entry<String, JsonNode> property : properties.properties()) {
            JsonNode value = given.get(property.getKey());
            JsonNode taken = value == null ? property.getValue().required("default") : value;
            check(property.getKey(), taken, property.getValue());
            complete.set(property.getKey(), taken);
        }
        return complete;
    }

    private static void check(String name, JsonNode value, JsonNode schema) throws RefusedDocumentException {
        for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
            if (!holds(keyword.getKey(), keyword.getValue(), value)) {
                throw invalid(name + " = " + value + " breaks " + keyword.getKey() + " " + keyword.getValue());
            }
        }
        if (value.isArray()) {
            for (JsonNode item : value) {
                check(name, item, schema.required("items"));
            }
        }
    }

    private static boolean holds(String keyword, JsonNode limit, JsonNode value) {
        return switch (keyword) {
            case "type" -> hasType(limit.asText(), value);
            case "minimum" -> value.doubleValue() >= limit.doubleValue();
            case "maximum" -> value.doubleValue() <= limit.doubleValue();
            case "minItems" -> value.size() >= limit.intValue();
            case "maxItems" -> value.size() <= limit.intValue();
            case "pattern" -> Pattern.compile(limit.asText()).matcher(value.asText()).find();
            case "default", "description", "title", "items" -> true;
            default -> throw new IllegalStateException("JSON Schema keyword " + keyword + " is not supported");
        };
    }

    private static boolean hasType(String type, JsonNode value) {
        return switch (type) {
            case "integer" -> value.isIntegralNumber() && value.canConvertToInt();
            case "number" -> value.isNumber();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "array" -> value.isArray();
            default -> throw new IllegalStateException("JSON Schema type " + type + " is not supported");
        };
    }

    private static RefusedDocumentException invalid(String detail) {
        return new RefusedDocumentException(RefusedDocumentException.Reason.INVALID, detail);
    }
}
