import Testing

@testable import WeComSimulator

@Suite(.timeLimit(.minutes(5)))
struct CallbackCryptoTests {
    @Test("a known callback verifies, decrypts and is made again byte for byte", arguments: CallbackVector.all)
    func knownCallback(_ vector: CallbackVector) throws {
        let crypto = try CallbackCrypto(token: vector.token, encodingAESKey: vector.key)
        try crypto.verify(
            signature: vector.signature,
            timestamp: vector.timestamp,
            nonce: vector.nonce,
            encrypted: vector.encrypted
        )
        let (message, receiver) = try crypto.decrypt(vector.encrypted)
        #expect(String(decoding: message, as: UTF8.self) == vector.message)
        #expect(receiver == vector.receiver)
        let again = try crypto.encrypt(message, receiver: receiver, random: Array(vector.random.utf8))
        #expect(again == vector.encrypted)
    }

    @Test("a callback with another signature, time, nonce or text does not verify", arguments: CallbackVector.all)
    func changedCallback(_ vector: CallbackVector) throws {
        let crypto = try CallbackCrypto(token: vector.token, encodingAESKey: vector.key)
        for (signature, timestamp, nonce, encrypted) in [
            (String(vector.signature.dropLast()) + "x", vector.timestamp, vector.nonce, vector.encrypted),
            (vector.signature, "1", vector.nonce, vector.encrypted),
            (vector.signature, vector.timestamp, "1", vector.encrypted),
            (vector.signature, vector.timestamp, vector.nonce, "A" + vector.encrypted.dropFirst()),
        ] {
            #expect(throws: CallbackCrypto.Failure.signature) {
                try crypto.verify(signature: signature, timestamp: timestamp, nonce: nonce, encrypted: encrypted)
            }
        }
    }

    @Test(
        "a key that is not 43 letters and digits is refused",
        arguments: [
            "", "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIw", "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIwsA",
            "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIw=", "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIw$",
        ]
    )
    func badKey(_ key: String) {
        #expect(throws: CallbackCrypto.Failure.key) { try CallbackCrypto(token: "t", encodingAESKey: key) }
    }

    @Test("any length of message comes back, padded to a multiple of 32", arguments: 0..<70)
    func anyLength(_ length: Int) throws {
        let crypto = try CallbackCrypto(token: "t", encodingAESKey: CallbackVector.all[0].key)
        let message = [UInt8](repeating: 0x61, count: length)
        let (back, receiver) = try crypto.decrypt(try crypto.encrypt(message, receiver: "ww1"))
        #expect(back == message)
        #expect(receiver == "ww1")
    }
}
