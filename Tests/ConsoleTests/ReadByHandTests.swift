import Foundation
import JSONCoding
import Testing

@testable import Console

/// What is read by hand is what Foundation's decoder reads.
@Suite
struct ReadByHandTests {
    @Test(
        "departments are read as the decoder reads them, whatever is left out or comes besides",
        arguments: [
            #"{"items":[{"externalID":7,"parentID":1,"name":"a\"\u00e9","order":3,"leaders":["x"],"state":"active","people":4}],"nextCursor":"7"}"#,
            #" { "nextCursor" : null , "items" : [ { "state":"removed", "name":null, "externalID":-1 } , {"state":"","externalID":2,"parentID":null,"people":null} ] } "#,
            #"{"items":[]}"#,
        ]
    )
    func departments(_ text: String) throws {
        let bytes = Array(text.utf8)
        let read = try Listed<DirectoryDepartment>(answer: bytes)
        let decoded = try JSONDecoder().decode(Listed<DirectoryDepartment>.self, from: Data(bytes))
        #expect(read.items == decoded.items && read.nextCursor == decoded.nextCursor)
    }

    @Test("what WeCom shows is read likewise")
    func visible() throws {
        let bytes = Array(#"{"items":[{"id":1,"name":"top"},{"id":2,"parentID":1,"people":0,"more":{}}]}"#.utf8)
        let decoded = try JSONDecoder().decode(Listed<VisibleDepartment>.self, from: Data(bytes))
        #expect(try Listed<VisibleDepartment>(answer: bytes).items == decoded.items)
    }

    @Test(
        "what is no list of departments is refused by both",
        arguments: [
            #"{}"#, #"{"items":{}}"#, #"{"items":[{"externalID":1}]}"#, #"{"items":[{"state":"active"}]}"#,
            #"{"items":[{"externalID":1,"state":"active"}]"#, #"{"items":[]}}"#, "",
        ]
    )
    func refused(_ text: String) {
        #expect(throws: (any Error).self) { try Listed<DirectoryDepartment>(answer: Array(text.utf8)) }
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode(Listed<DirectoryDepartment>.self, from: Data(text.utf8))
        }
    }
}
