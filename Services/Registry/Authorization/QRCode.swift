import CQREncode

/// A QR code, as a square of modules. The only place that calls libqrencode.
struct QRCode: Sendable, Equatable {
    /// Modules along one side, without the quiet zone.
    let width: Int
    /// Row by row; true is dark.
    let modules: [Bool]

    /// Encodes a text as bytes of medium error correction (up to 2,331 of them).
    ///
    /// Nil for a text that is empty or too long.
    init?(_ text: String) {
        guard !text.isEmpty, !text.utf8.contains(0),
            let code = unsafe QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M)
        else { return nil }
        let side = Int(unsafe code.pointee.width)
        let cells = unsafe UnsafeBufferPointer(start: code.pointee.data, count: side * side)
        width = side
        modules = unsafe cells.map { $0 & 1 == 1 }
        unsafe QRcode_free(code)
    }

    /// Whether the module is dark; outside the square none is.
    subscript(row: Int, column: Int) -> Bool {
        (0..<width).contains(row) && (0..<width).contains(column) && modules[row * width + column]
    }

    /// Light modules around the square, which ISO/IEC 18004 asks for.
    static let quietZone = 4
}
