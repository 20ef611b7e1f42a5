"""Heat by temperature: properties of water and steam, pinch targets, curves, exergy, and the cascade of a plant."""
