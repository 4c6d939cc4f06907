package dev.telecom.fraud.replay;

import dev.telecom.fraud.alert.Alert;
import dev.telecom.fraud.alert.AlertJson;
import dev.telecom.fraud.alert.RuleName;
import dev.telecom.fraud.control.RefusedDocumentException;
import dev.telecom.fraud.control.RuleCatalog;
import dev.telecom.fraud.event.ActivityEvent;
import dev.telecom.fraud.event.Branch;
import dev.telecom.fraud.event.EventParser;
import dev.telecom.fraud.judge.Judge;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules without an engine: reads a stream from standard input and prints its alerts (detection time 0). It is for
 * differential tests and for trying parameters on recorded events. Its lines are:
 *
 * <pre>
 * rule DOCUMENT     a rule of the next stream, as on the control topic; the others are as built in
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
    private final Map<Long, byte[]> states = new HashMap<>();
    private Judge judge = new Judge(catalog);

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
            judge.use(catalog.parse(json));
        } catch (RefusedDocumentException refusal) {
            print("refused " + refusal.reason + " " + refusal.getMessage());
        }
    }

    private void takeEvent(ActivityEvent event) throws IOException {
        if (event == null) {
            print("poison " + parser.reason());
            return;
        }
        List<Alert> alerts = new ArrayList<>();
        for (Branch branch : Branch.values()) {
            if (branch.concerns(event)) {
                event.branch = branch;
                states.compute(event.subject(), (subject, state) -> judge.judge(event, state, alerts::add));
            }
        }
        alerts.sort(Comparator.comparing(alert -> RuleName.ofWireName(alert.rule)));
        for (Alert alert : alerts) {
            out.write(AlertJson.write(alert));
            out.write('\n');
        }
    }

    private void end() throws IOException {
        judge = new Judge(catalog);
        states.clear();
        print("end");
        out.flush();
    }

    private void print(String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
