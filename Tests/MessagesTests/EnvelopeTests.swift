@testable import Messages
import Testing

@Suite struct EnvelopeTests {
    private func envelope(run: RunID? = .make()) -> Envelope {
        Envelope(
            type: UserBatch.type,
            source: "directory-mapper/1",
            tenant: .make(),
            identityProvider: .make(),
            run: run,
            position: run.map { _ in RunPosition(epoch: Epoch(rawValue: 7), fence: Fence(rawValue: 2)) }
        )
    }

    private func lookup(_ headers: [(name: String, value: String)]) -> (String) -> String? {
        { name in headers.first { $0.name == name }?.value }
    }

    @Test("headers read back as the same envelope, with and without a run")
    func roundTrip() throws {
        for envelope in [envelope(), envelope(run: nil)] {
            #expect(try Envelope(reading: lookup(envelope.headers)) == envelope)
        }
    }

    @Test("the headers are those of CloudEvents in Kafka's binary mode")
    func names() {
        let names = envelope().headers.map(\.name)
        #expect(
            Set(names) == [
                "ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "content-type",
                "ce_tenantid", "ce_idpid", "ce_runid", "ce_epoch", "ce_fence", "traceparent",
            ]
        )
    }

    @Test(
        "a missing or wrong header is named",
        arguments: ["ce_specversion", "ce_id", "ce_time", "ce_tenantid", "ce_idpid"]
    )
    func missing(name: String) {
        let headers = envelope().headers
        #expect(throws: EnvelopeError(header: name)) {
            try Envelope(reading: lookup(headers.filter { $0.name != name }))
        }
        #expect(throws: EnvelopeError(header: name)) {
            try Envelope(reading: lookup(headers.map { $0.name == name ? (name, "nonsense") : $0 }))
        }
    }

    @Test("a time is written as RFC 3339 in UTC, to the millisecond")
    func times() {
        let time = Timestamp(millisecondsSince1970: 1_772_353_800_125)
        #expect(time.description == "2026-03-01T08:30:00.125Z")
        #expect(Timestamp(time.description) == time)
        #expect(Timestamp("2026-03-01T08:30:00Z")?.millisecondsSince1970 == 1_772_353_800_000)
        #expect(Timestamp("yesterday") == nil)
    }

    @Test("every millisecond is read back as it was written")
    func everyMillisecond() {
        for start in stride(from: Int64(-2_000_000_000_000), through: 7_000_000_000_000, by: 13_743_895_347) {
            for milliseconds in start..<start + 3 {
                let time = Timestamp(millisecondsSince1970: milliseconds)
                #expect(Timestamp(time.description) == time, "\(time)")
            }
        }
    }
}
