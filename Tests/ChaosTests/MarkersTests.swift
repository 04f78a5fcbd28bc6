import Foundation
import Testing

@testable import Chaos

@Suite struct MarkersTests {
    private let markers = Markers(texts: [("a key", "s3cret"), ("a name", "欧阳密探")])

    @Test("a text is found wherever it stands, also with no boundary around it")
    func found() {
        #expect(markers.found(in: Array("xs3cretx".utf8)) == ["a key"])
        #expect(markers.found(in: Array("{\"name\":\"欧阳密探1甲\",\"key\":\"s3cret\"}".utf8)) == ["a key", "a name"])
        #expect(markers.found(in: Array("s3cre t".utf8)).isEmpty && markers.found(in: [UInt8]()).isEmpty)
    }

    @Test("a log is read on from where it was")
    func logs() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: file) }
        let reader = LogReader([file])
        #expect(try reader.news().isEmpty)
        try Data("one".utf8).write(to: file)
        #expect(try reader.news().map(\.bytes) == [Data("one".utf8)])
        #expect(try reader.news().isEmpty)
        try Data("one two".utf8).write(to: file)
        #expect(try reader.news().map(\.bytes) == [Data(" two".utf8)])
    }
}
