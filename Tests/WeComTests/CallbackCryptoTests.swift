import Testing
import WeCom

@Suite("Callback crypto", .timeLimit(.minutes(5)))
struct CallbackCryptoTests {
    @Test("known callbacks decrypt, and encrypt again byte for byte", arguments: CallbackVector.all)
    func vectors(vector: CallbackVector) throws {
        let crypto = try vector.crypto()
        let (message, receiver) = try crypto.decrypt(vector)
        #expect(String(decoding: message, as: UTF8.self) == vector.message)
        #expect(receiver == vector.receiver)
        let again = try crypto.encrypt(
            message,
            receiver: receiver,
            nonce: vector.nonce,
            timestamp: vector.timestamp,
            random: Array(vector.random.utf8)
        )
        #expect(again.encrypted == vector.encrypted)
        #expect(again.signature == vector.signature)
    }

    @Test("another signature, time or nonce is refused", arguments: CallbackVector.all)
    func forged(vector: CallbackVector) throws {
        let crypto = try vector.crypto()
        let bent = String(vector.signature.dropLast()) + (vector.signature.hasSuffix("0") ? "1" : "0")
        #expect(throws: CallbackError.badSignature) { try crypto.decrypt(vector, signature: bent) }
        #expect(throws: CallbackError.badSignature) { try crypto.decrypt(vector, signature: "") }
        #expect(throws: CallbackError.badSignature) { try crypto.decrypt(vector, timestamp: vector.timestamp + "0") }
        #expect(throws: CallbackError.badSignature) { try crypto.decrypt(vector, nonce: vector.nonce + "1") }
    }

    @Test("only an exact key of 43 letters and digits is taken")
    func keys() {
        let good = "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws"
        let bad = ["", String(good.dropLast()), good + "s", good.dropLast() + "=", good.dropLast() + "$", good + "="]
        for key in bad {
            #expect(throws: CallbackError.badKey, "\(key)") { try CallbackCrypto(token: "t", encodingAESKey: key) }
        }
        for token in ["", "a b", String(repeating: "a", count: 33)] {
            #expect(throws: CallbackError.badToken) { try CallbackCrypto(token: token, encodingAESKey: good) }
        }
    }

    @Test("every length of message survives, so every padding from 1 to 32")
    func lengths() throws {
        let crypto = try CallbackVector.check.crypto()
        for count in 0...70 {
            let message = [UInt8](repeating: 0x7A, count: count)
            let sent = try crypto.encrypt(message, receiver: "", nonce: "n", timestamp: "1")
            let (received, receiver) = try crypto.decrypt(
                signature: sent.signature,
                timestamp: "1",
                nonce: "n",
                encrypted: sent.encrypted
            )
            #expect(received == message)
            #expect(receiver.isEmpty)
        }
    }

    @Test("the caller decides who is a receiver")
    func receivers() throws {
        let vector = CallbackVector.suiteTicket
        let crypto = try vector.crypto()
        let message = try crypto.decrypt(vector) { ["wxprovider", vector.receiver].contains($0) }
        #expect(String(decoding: message, as: UTF8.self) == vector.message)
        #expect(throws: CallbackError.wrongReceiver) { try crypto.decrypt(vector) { $0 == "wxprovider" } }
    }

    @Test(
        "rightly signed rubbish is refused without harm",
        arguments: ["", "****", "AAAA", "QUJDREVGR0hJSktMTU5PUA=="]
    )
    func rubbish(encrypted: String) throws {
        // Who knows the token can sign anything; the message need not be one.
        let crypto = try CallbackVector.check.crypto()
        let signature = Signing.signature("QDG6eK", "1", "n", encrypted)
        #expect(throws: CallbackError.self) {
            try crypto.decrypt(signature: signature, timestamp: "1", nonce: "n", encrypted: encrypted)
        }
    }

    @Test("another key does not read it")
    func otherKey() throws {
        let vector = CallbackVector.createAuth
        let crypto = try CallbackCrypto(token: vector.token, encodingAESKey: CallbackVector.goWorkwx.key)
        #expect(throws: CallbackError.self) { try crypto.decrypt(vector) { $0 == vector.receiver } }
    }

    @Test("neither token nor key shows")
    func description() throws {
        let crypto = try CallbackVector.check.crypto()
        var dumped = ""
        dump(crypto, to: &dumped)
        #expect("\(crypto) \(dumped)".contains("QDG6eK") == false)
    }
}

extension CallbackVector {
    func crypto() throws -> CallbackCrypto {
        try CallbackCrypto(token: token, encodingAESKey: key)
    }
}

extension CallbackCrypto {
    func decrypt(
        _ vector: CallbackVector,
        signature: String? = nil,
        timestamp: String? = nil,
        nonce: String? = nil
    ) throws -> (message: [UInt8], receiver: String) {
        try decrypt(
            signature: signature ?? vector.signature,
            timestamp: timestamp ?? vector.timestamp,
            nonce: nonce ?? vector.nonce,
            encrypted: vector.encrypted
        )
    }

    func decrypt(_ vector: CallbackVector, isReceiver: (String) -> Bool) throws -> [UInt8] {
        try decrypt(
            signature: vector.signature,
            timestamp: vector.timestamp,
            nonce: vector.nonce,
            encrypted: vector.encrypted,
            isReceiver: isReceiver
        )
    }
}
