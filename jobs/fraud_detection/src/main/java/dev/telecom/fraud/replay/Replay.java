package dev.telecom.fraud.replay;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.alert.AlertJson;
import dev.telecom.fraud.control.RefusedDocumentException;
import dev.telecom.fraud.control.RuleCatalog;
import dev.telecom.fraud.control.RuleDocument;
import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.event.EventParser;
import dev.telecom.fraud.rules.Rule.StateSlot;
import dev.telecom.fraud.rules.RuleBinding;
import dev.telecom.fraud.rules.RuleParameters;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules without an engine: reads a stream from standard input, prints its alerts (detection time 0). For
 * differential tests and for trying parameters on recorded events. Lines:
 *
 * <pre>
 * rule DOCUMENT     a rule of the next stream, as on the control topic; rules not named are as built in
 * call JSON         a record of call_events
 * sms JSON          a record of sms_events
 * end               forget everything; printed back after the stream's alerts
 * </pre>
 *
 * A poison record is printed as {@code poison REASON}, a refused document as {@code refused REASON}.
 */
public final class Replay {
    private final RuleCatalog catalog = new RuleCatalog();
    private final EventParser parser = new EventParser(0);
    private final OutputStream out;
    private final Map<String, RuleDocument> documents = new HashMap<>();
    private List<Runner<?, ?>> runners = new ArrayList<>();

    private Replay(OutputStream out) {
        this.out = out;
    }

    /** Runs until standard input ends. */
    public static void main(String[] arguments) throws IOException {
        InputStream in = new BufferedInputStream(System.in, 1 << 16);
        OutputStream out = new BufferedOutputStream(System.out, 1 << 16);
        Replay replay = new Replay(out);
        byte[] line;
        while ((line = readLine(in)) != null) {
            replay.take(new String(line, StandardCharsets.UTF_8));
        }
        out.flush();
    }

    private static byte[] readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        int next;
        while ((next = in.read()) != -1 && next != '\n') {
            line.write(next);
        }
        return next == -1 && line.size() == 0 ? null : line.toByteArray();
    }

    private void take(String line) throws IOException {
        int space = line.indexOf(' ');
        String command = space < 0 ? line : line.substring(0, space);
        byte[] rest = line.substring(space + 1).getBytes(StandardCharsets.UTF_8);
        switch (command) {
            case "rule" -> takeRule(rest);
            case "call" -> takeEvent(parser.parseCall(rest, Long.MAX_VALUE));
            case "sms" -> takeEvent(parser.parseSms(rest, Long.MAX_VALUE));
            case "end" -> end();
            default -> throw new IOException("a line must start with rule, call, sms or end, not " + command);
        }
    }

    private void takeRule(byte[] json) throws IOException {
        try {
            RuleDocument document = catalog.parse(json);
            documents.put(document.rule, document);
        } catch (RefusedDocumentException refusal) {
            print("refused " + refusal.reason + " " + refusal.getMessage());
        }
    }

    private void takeEvent(ActivityEvent event) throws IOException {
        if (runners.isEmpty()) {
            RuleBinding.ALL.forEach(binding -> runners.add(runner(binding)));
        }
        if (event == null) {
            print("poison " + parser.reason());
            return;
        }
        for (Runner<?, ?> runner : runners) {
            Alert alert = runner.evaluate(event);
            if (alert != null) {
                out.write(AlertJson.write(alert));
                out.write('\n');
            }
        }
    }

    private void end() throws IOException {
        documents.clear();
        runners = new ArrayList<>();
        print("end");
        out.flush();
    }

    private void print(String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private <S, P extends RuleParameters> Runner<S, P> runner(RuleBinding<S, P> binding) {
        RuleDocument document = documents.getOrDefault(binding.name().wireName(), catalog.builtIn(binding.name()));
        return new Runner<>(binding, document, RuleCatalog.parameters(document, binding.parametersType()));
    }

    /** One rule with its state of all keys in a map. */
    private static final class Runner<S, P extends RuleParameters> implements StateSlot<S> {
        private final RuleBinding<S, P> binding;
        private final RuleDocument document;
        private final P parameters;
        private final Map<Long, S> states = new HashMap<>();
        private long key;

        Runner(RuleBinding<S, P> binding, RuleDocument document, P parameters) {
            this.binding = binding;
            this.document = document;
            this.parameters = parameters;
        }

        Alert evaluate(ActivityEvent event) {
            if (!document.enabled || !binding.branch().concerns(event)) {
                return null;
            }
            key = binding.branch().keyOf(event);
            Alert alert = binding.rule().evaluate(event, parameters, this);
            if (alert != null) {
                alert.ruleVersion = document.version;
            }
            return alert;
        }

        @Override
        public S read() {
            return states.get(key);
        }

        @Override
        public void write(S state) {
            states.put(key, state);
        }
    }
}
