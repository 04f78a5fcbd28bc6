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

    @Test("a client's headers read back as the same envelope, of one tenant or of all")
    func client() throws {
        for tenant in [TenantID.make(), nil] {
            let envelope = ClientEnvelope(
                type: ClientConfiguration.type,
                source: "idp-registry/1",
                tenant: tenant,
                client: .make()
            )
            #expect(try ClientEnvelope(reading: lookup(envelope.headers)) == envelope)
            #expect(throws: EnvelopeError(header: "ce_idpid")) {
                try Envelope(reading: lookup(envelope.headers + [("ce_tenantid", TenantID.make().description)]))
            }
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

    @Test(
        "what is no moment is none",
        arguments: [
            "2026-02-29T08:30:00.125Z", "2026-13-01T08:30:00.125Z", "2026-00-10T08:30:00.125Z",
            "2026-04-31T08:30:00.125Z", "2026-03-01T24:30:00.125Z", "2026-03-01T08:60:00.125Z",
            "2026-03-01T08:30:00.1x5Z", "2026-03-01 08:30:00.125", "2026-02-30T08:30:00Z", "",
        ]
    )
    func noTime(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("finer fractions of a second are rounded, and there may be none")
    func fractions() {
        #expect(Timestamp("2023-12-31T23:59:59.9996Z")?.description == "2024-01-01T00:00:00.000Z")
        #expect(Timestamp("2026-03-01T08:30:00.1254Z")?.description == "2026-03-01T08:30:00.125Z")
        #expect(Timestamp("2026-03-01T08:30:00Z")?.description == "2026-03-01T08:30:00.000Z")
    }

    @Test("a leap day is one")
    func leapDay() {
        #expect(Timestamp("2024-02-29T00:00:00.000Z")?.millisecondsSince1970 == 1_709_164_800_000)
        #expect(Timestamp("2000-02-29T00:00:00.000Z")?.millisecondsSince1970 == 951_782_400_000)
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
