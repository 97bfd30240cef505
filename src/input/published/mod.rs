//! Files as published by statistics offices, one module per publisher and layout.
