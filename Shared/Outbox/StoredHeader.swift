import Foundation
import Kafka

/// A record's header as it waits in the table: `["name","text"]`, `["name",null]`, or
/// `["name",null,"base64"]` for what is not text.
struct StoredHeader: Codable {
    let header: Header

    static func encode(_ headers: [Header]) throws -> [UInt8] {
        [UInt8](try JSONEncoder().encode(headers.map(StoredHeader.init)))
    }

    static func decode(_ json: [UInt8]) throws -> [Header] {
        try JSONDecoder().decode([StoredHeader].self, from: Data(json)).map(\.header)
    }

    init(_ header: Header) {
        self.header = header
    }

    init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        let name = try values.decode(String.self)
        if let text = try values.decodeIfPresent(String.self) {
            header = Header(name, text)
        } else if let data = try values.decodeIfPresent(Data.self) {
            header = Header(name, bytes: [UInt8](data))
        } else {
            header = Header(name, bytes: nil)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.unkeyedContainer()
        try values.encode(header.name)
        guard let bytes = header.value else { return try values.encodeNil() }
        // A jsonb string holds no \0.
        if !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) {
            try values.encode(text)
        } else {
            try values.encodeNil()
            try values.encode(Data(bytes))
        }
    }
}
