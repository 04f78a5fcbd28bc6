import Messages
import Sealing
import Runtime
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(5)))
struct DirectoryReadersTests {
    @Test("a key is for all tenants, or for the one that it names")
    func keys() throws {
        let tenant = TenantID.make()
        let readers = try DirectoryReaders("0123456789abcdef,fedcba9876543210@\(tenant)")
        #expect(readers.access(for: Secret("0123456789abcdef")) == .all)
        #expect(readers.access(for: Secret("fedcba9876543210")) == .tenant(tenant))
        #expect(readers.access(for: Secret("fedcba9876543210@\(tenant)")) == nil)
        #expect(readers.access(for: Secret("")) == nil)
    }

    @Test("without keys nobody may read")
    func none() throws {
        #expect(try DirectoryReaders("").access(for: Secret("")) == nil)
    }

    @Test("a short key and a tenant that is none are refused", arguments: ["short", "0123456789abcdef@nobody"])
    func refused(text: String) {
        #expect(throws: ConfigurationError.self) { try DirectoryReaders(text) }
    }
}
